import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SessionLog } from "../../src/terminal/session-log.ts";

describe("the log of a session", () => {
  it("has what arrived as it is and without control sequences, after what was there", () => {
    const folder = mkdtempSync(join(tmpdir(), "komainu-log-"));
    const [raw, stripped] = [join(folder, "raw"), join(folder, "text")];
    for (const word of ["one", "two"]) {
      const log = new SessionLog({ raw, stripped });
      log.write(Buffer.from(`\x1b[1m${word}\x1b[0m\r\n`));
      log.close();
    }
    expect(readFileSync(raw, "utf8")).toBe("\x1b[1mone\x1b[0m\r\n\x1b[1mtwo\x1b[0m\r\n");
    expect(readFileSync(stripped, "utf8")).toBe("one\ntwo\n");
    expect(() => new SessionLog({ raw: join(folder, "no/file") })).toThrow(
      expect.objectContaining({ code: "file-unreadable", exitCode: 3 }),
    );
    rmSync(folder, { recursive: true, force: true });
  });
});
