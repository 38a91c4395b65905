import { describe, expect, it } from "vitest";
import { HvError } from "../../src/base/index.ts";
import { reportFailure } from "../../src/main/failure.ts";
import { recordedIo } from "./recorded-io.ts";

describe("a failure", () => {
  it("of the input is told in words, with its code, hint and exit code", () => {
    const io = recordedIo();
    const error = new HvError({ code: "port-busy", message: "expected x, found y", hint: "Do z.", exitCode: 3 });
    expect(reportFailure(error, io)).toBe(3);
    expect(io.stderr).toBe("error: expected x, found y [port-busy]\n  Do z.\n");
    expect(io.stdout).toBe("");
  });

  it("of ours is called a bug and shown with its stack", () => {
    const io = recordedIo();
    expect(reportFailure(new TypeError("x is not a function"), io)).toBe(1);
    expect(io.stderr).toContain("bug in Komainu");
    expect(io.stderr).toMatch(/TypeError: x is not a function\n\s+at /);
  });

  it("is red on a terminal, unless NO_COLOR is set", () => {
    const error = new HvError({ code: "c", message: "m" });
    const colored = recordedIo({}, true);
    reportFailure(error, colored);
    expect(colored.stderr).toContain("\x1b[31m");
    const plain = recordedIo({ NO_COLOR: "1" }, true);
    reportFailure(error, plain);
    expect(plain.stderr).toBe("error: m [c]\n");
  });
});
