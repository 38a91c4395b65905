import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  boardPath,
  type Finding,
  type LintOptions,
  lintProfile,
  loadBoard,
  parseProfile,
  requireSoundProfile,
} from "../../src/board/index.ts";
import { deviceModels } from "../../src/devices/index.ts";

const text = readFileSync(boardPath("versatilepb"), "utf8");
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Findings of the profile with some texts replaced. */
function lint(changes: Record<string, string>, options: LintOptions = {}): Finding[] {
  let changed = text;
  for (const [from, to] of Object.entries(changes)) {
    if (!changed.includes(from)) throw new Error(`no ${from} in the profile`);
    changed = changed.replace(from, to);
  }
  return lintProfile(parseProfile(changed, "b.json"), options);
}

/** Line and column of the first `part` at or behind the first `anchor`. */
function placeOf(anchor: string, part: string): { line: number; column: number } {
  const before = text.slice(0, text.indexOf(part, text.indexOf(anchor))).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

describe("lintProfile", () => {
  it("finds nothing wrong with the VersatilePB, with the models there are", () => {
    expect(lintProfile(loadBoard("versatilepb"), { models: deviceModels })).toEqual([]);
  });

  it("names both regions of an overlap, and where both stand", () => {
    const first = placeOf('"uart0"', '"0x101f1000"');
    const second = placeOf('"uart1"', '"0x101f2000"');
    const [finding, ...others] = lint({ '"0x101f2000"': '"0x101f1000"' });
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: "profile-overlap", severity: "error", ...second });
    expect(finding.message).toBe(
      `uart1 (0x101F1000-0x101F1FFF) overlaps uart0 (0x101F1000-0x101F1FFF, at line ${first.line}, column ${first.column})`,
    );
  });

  it("finds memory that grew over devices", () => {
    const codes = lint({ '"ramSize": "256M"': '"ramSize": "1G"', '"memory": "96M"': '"memory": "258M"' });
    expect(codes.map(({ code }) => code)).toContain("profile-overlap");
    expect(codes.filter(({ message }) => message.startsWith("sysctl"))).toHaveLength(1);
  });

  it("finds two outputs on one line of a controller", () => {
    const [finding, ...others] = lint({ '"pic:13"': '"pic:12"' });
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: "profile-irq-clash", ...placeOf('"uart1"', '"pic:13"') });
    expect(finding.message).toContain("uart1 drives pic:12, which uart0 drives too");
  });

  it("lets several outputs drive one line when all of them say so", () => {
    const shared = '{"to": "pic", "line": 12, "shared": true}';
    expect(lint({ '"pic:13"': shared, '"pic:12"': shared })).toEqual([]);
    expect(lint({ '"pic:13"': shared })[0]).toMatchObject({
      code: "profile-irq-clash",
      hint: expect.stringContaining("mark all of them as shared"),
    });
  });

  it("knows the models and suggests the one that was meant", () => {
    const [finding] = lint({ '"model": "sp805"': '"model": "sp8055"' }, { models: deviceModels });
    expect(finding).toMatchObject({ code: "profile-model-unknown", ...placeOf('"wdog"', '"sp805"') });
    expect(finding.hint).toContain('Did you mean "sp805"?');
  });

  it("finds wires to nowhere, to a device that takes none, and to lines that are not there", () => {
    expect(lint({ '"pic:13"': '"pix:13"' })[0]).toMatchObject({
      code: "profile-wire-unknown",
      message: 'uart1: expected a wire to a device of this board or to "cpu", found "pix:13"',
      hint: expect.stringContaining('Did you mean "pic"?'),
    });
    const models = { models: { ...deviceModels } };
    expect(lint({ '"pic:13"': '"rtc0:1"' }, models)[0].message).toContain("rtc0 (pl031) takes none");
    expect(lint({ '"pic:13"': '"pic:32"' }, models)[0].message).toContain(
      "expected a line of pic from 0 to 31, found 32",
    );
    expect(lint({ '"pic:13"': '{"to": "pic", "line": "irq"}' })[0].code).toBe("profile-wiring");
    expect(lint({ '"pic:13"': '{"to": "cpu", "line": 3}' })[0].code).toBe("profile-wiring");
    expect(lint({ '["pic:13"]': '["pic:13", "pic:1"]' }, models)[0].message).toContain("expected at most 1 wires");
  });

  it("finds names that are there twice", () => {
    const [finding] = lint({ '"name": "uart1"': '"name": "uart0"' });
    expect(finding).toMatchObject({ code: "profile-name-duplicate", ...placeOf('"uart1"', '"uart1"') });
  });

  it("finds addresses and sizes that are not multiples of the alignment", () => {
    expect(lint({ '"memory": "96M"': '"memory": "97M"' })[0].message).toContain(
      "expected a multiple of 0x200000 as its size",
    );
    expect(lint({ '"0x101f4000"': '"0x101f4802"' })[0]).toMatchObject({
      code: "profile-alignment",
      message: "ssp0: expected a multiple of 0x4 as its address, found 0x101F4802",
    });
  });

  it("finds guest memory that the host does not have, and boot addresses outside of it", () => {
    expect(lint({ '"ramSize": "256M"': '"ramSize": "64M"' })[0].code).toBe("profile-ram-too-large");
    expect(lint({ '"kernelAddress": "0x00008000"': '"kernelAddress": "0x20000000"' })[0].code).toBe(
      "profile-boot-address",
    );
  });

  it("finds host RAM that is more than a machine can have", () => {
    const codes = lint({ '"ramSize": "256M"': '"ramSize": "2G"' }).map(({ code }) => code);
    expect(codes).toEqual(["profile-ram-too-large"]);
    expect(lint({ '"ramSize": "256M"': '"ramSize": "0x7d000000"' })).toEqual([]);
  });

  it("finds patterns that are no regular expressions", () => {
    expect(lint({ '"komainu: guest ready"': '"("' })[0].code).toBe("profile-pattern");
  });

  it("warns of images that are not on disk, only when asked", () => {
    const folder = mkdtempSync(join(tmpdir(), "komainu-"));
    folders.push(folder);
    writeFileSync(join(folder, "zImage"), "x");
    const findings = lint({}, { imageFolder: folder });
    expect(findings.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      "warning profile-image-missing",
      "warning profile-image-missing",
    ]);
    expect(findings[0].message).toBe(`expected a file ${join(folder, "versatile-pb.dtb")}, found none`);
  });

  it("gives its findings in the order of the lines", () => {
    const findings = lint({ '"pic:14"': '"pic:12"', '"pic:5"': '"pic:4"', '"0x10002000"': '"0x10001000"' });
    expect(findings.map(({ line }) => line)).toEqual(findings.map(({ line }) => line).sort((a, b) => a - b));
    expect(findings).toHaveLength(3);
  });
});

describe("requireSoundProfile", () => {
  it("throws the first error with file, line and column", () => {
    const broken = parseProfile(text.replace('"0x101f2000"', '"0x101f1000"'), "b.json");
    const { line, column } = placeOf('"uart1"', '"0x101f2000"');
    expect(() => requireSoundProfile(broken)).toThrow(`b.json:${line}:${column}: uart1`);
  });
});
