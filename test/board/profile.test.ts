import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { HvError } from "../../src/base/index.ts";
import { boardPath, parseProfile } from "../../src/board/index.ts";

const text = readFileSync(boardPath("versatilepb"), "utf8");

function errorOf(broken: string): HvError {
  try {
    parseProfile(broken, "b.json");
  } catch (error) {
    if (error instanceof HvError) return error;
    throw error;
  }
  throw new Error("expected an error");
}

/** The profile with one thing changed, and where that thing stands. */
function change(from: string, to: string): { broken: string; line: number; column: number } {
  const at = text.indexOf(from);
  if (at < 0) throw new Error(`no ${from} in the profile`);
  const before = text.slice(0, at).split("\n");
  return { broken: text.replace(from, to), line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

describe("parseProfile", () => {
  it("gives addresses and sizes as numbers and wires as target and line", () => {
    const { profile } = parseProfile(text, "b.json");
    expect(profile.regions).toEqual([
      { name: "mem0", address: 0, type: "alloced_ram", alignOrder: 21, sizeBytes: 96 * 2 ** 20 },
    ]);
    expect(profile.devices.find(({ name }) => name === "uart0")).toEqual({
      name: "uart0",
      model: "pl011",
      address: 0x101f1000,
      sizeBytes: 4096,
      irqs: [{ to: "pic", line: 12 }],
      serial: true,
      options: {},
    });
    expect(profile.devices.find(({ name }) => name === "pic")?.irqs).toEqual([
      { to: "cpu", line: "irq" },
      { to: "cpu", line: "fiq" },
    ]);
  });

  it("takes a wire as an object and an address as a number too", () => {
    const { profile } = parseProfile(
      text.replace('"pic:12"', '{"to": "pic", "line": 12}').replace('"0x101f1000"', "270471168"),
      "b.json",
    );
    expect(profile.devices.find(({ name }) => name === "uart0")).toMatchObject({
      address: 0x101f1000,
      irqs: [{ to: "pic", line: 12 }],
    });
  });

  it("names file, line and column of a syntax error, with what was expected and found", () => {
    const { broken, line, column } = change('"regions": [', '"regions": ;[');
    const error = errorOf(broken);
    expect(error.code).toBe("profile-syntax");
    expect(error.message).toBe(`b.json:${line}:${column + '"regions": '.length}: expected a value, found ";"`);
  });

  it.each([
    ['"4K"', '"4Q"', 'expected a size such as "96M", "4K", "0x1000" or 4096, found "4Q"'],
    ['"arm926ej-s"', '"z80"', 'cpu.model: expected "arm926ej-s" or "arm1176jzf-s", found "z80"'],
    [
      '"pic:12"',
      '"pic-12"',
      'expected a wire such as "pic:12", "cpu:irq" or {"to": "pic", "line": 12}, found "pic-12"',
    ],
    ['"0x101f1000"', "-4", 'expected an address such as "0x101f1000" or 4096, found -4'],
    ['"96M"', "true", 'expected a size such as "96M", "4K", "0x1000" or 4096, found true'],
    ['"mem0"', '"0mem"', "expected a name of letters, digits, _ and -, at most 31 long"],
    ['"alloced_ram"', '"ramm"', 'expected "alloced_ram" or "alloced_rom" or "ram" or "rom", found "ramm"'],
  ])("points at %s when it is %s", (from, to, message) => {
    const { broken, line, column } = change(from, to);
    const error = errorOf(broken);
    expect(error.code).toBe("profile-invalid");
    expect(error.message).toContain(`b.json:${line}:${column}: `);
    expect(error.message).toContain(message);
  });

  it("points at a member that does not exist and suggests the one that does", () => {
    const { broken, line, column } = change('"model": "zero"', '"modle": "zero"');
    const error = errorOf(broken);
    expect(error.message).toContain(`b.json:${line}:${column}: devices.1: expected no member "modle"`);
    expect(error.hint).toContain('Did you mean "model"?');
  });

  it("names a member that is missing", () => {
    expect(errorOf(text.replace(/"machineId": \d+,/, "")).message).toContain(
      'boot: expected a member "machineId", found none',
    );
  });

  it("keeps every finding for a tool that lists them all", () => {
    const error = errorOf(text.replaceAll('"4K"', '"4Q"'));
    const findings = error.facts.findings as { line: number }[];
    expect(findings.length).toBe(text.split('"4K"').length - 1);
    expect(error.message).toContain(`(and ${findings.length - 1} more: komainu board lint b.json)`);
  });

  it("refuses a profile that is no object", () => {
    expect(errorOf("[]").message).toBe("b.json:1:1: the profile: expected an object, found a list of 0");
  });
});
