import { describe, expect, it } from "vitest";
import { createLog } from "../../src/main/log-text.ts";
import { recordedIo } from "./recorded-io.ts";

describe("the log on standard error", () => {
  it("shows warnings with their source, and nothing less", () => {
    const io = recordedIo();
    const log = createLog(io, { verbose: false });
    log.child("uart0").warning("register 0x48 is not modelled");
    log.info("hidden");
    log.debug("hidden");
    expect(io.stderr).toBe("WARNING: uart0: register 0x48 is not modelled\n");
    expect(io.stdout).toBe("");
  });

  it("shows everything when verbose", () => {
    const io = recordedIo();
    const log = createLog(io, { verbose: true, newline: "\r\n" });
    log.info("two\nlines");
    log.debug("x");
    expect(io.stderr).toBe("INFO: two\r\nlines\r\nDEBUG: x\r\n");
  });

  it("is coloured on a terminal only", () => {
    const io = recordedIo({ TERM: "xterm" }, true);
    createLog(io, { verbose: false }).error("x");
    expect(io.stderr).toBe("\x1b[31mERROR\x1b[0m: x\n");
  });
});
