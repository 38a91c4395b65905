import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { portToken } from "../../src/main/port-token.ts";
import { parseSerialSpec } from "../../src/serial/index.ts";
import { recordedIo } from "./recorded-io.ts";

describe("the token of the ports", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "komainu-token-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is made and shown when other machines can reach a port, else not", () => {
    const io = recordedIo();
    expect(
      portToken(
        io,
        {},
        ["stdio", "tcp:4000", "unix:/x", "pty"].map((s) => parseSerialSpec(s)),
      ),
    ).toBeUndefined();
    expect(io.stderr).toBe("");
    const token = portToken(io, {}, [parseSerialSpec("tcp:0.0.0.0:4000")]);
    expect(token).toMatch(/^[\w-]{24}$/);
    expect(io.stderr).toContain(`the token ${token}\n`);
    expect(portToken(io, {}, [parseSerialSpec("tcp:0.0.0.0:4000")])).not.toBe(token);
  });

  it("is that of the file, which must hold one long word", () => {
    const path = join(folder, "token");
    const from = (text: string) => {
      writeFileSync(path, text);
      return portToken(recordedIo(), { tokenFile: path }, []);
    };
    expect(from("0123456789abcdef\n")).toBe("0123456789abcdef");
    for (const text of ["", "short", "two words of some length"]) {
      expect(() => from(text)).toThrow(expect.objectContaining({ code: "token-unreadable", exitCode: 3 }));
    }
    expect(() => portToken(recordedIo(), { tokenFile: join(folder, "none") }, [])).toThrow(/no such file/);
  });
});
