import { describe, expect, it } from "vitest";
import { checkJson, explainCheck } from "../../src/ids/index.ts";
import { checkNamed } from "./check-run.ts";

describe("explainCheck", () => {
  it("says how a check is used, what it looks at, what it costs and needs, and what it can find", () => {
    const lines = explainCheck(checkNamed("plist"));
    expect(lines[0]).toBe("use        ids plist [-l]");
    for (const label of ["title", "view", "cost", "severity", "needs", "uses", "findings"]) {
      expect(
        lines.some((line) => line.startsWith(label)),
        label,
      ).toBe(true);
    }
    expect(explainCheck(checkNamed("maps"))[0]).toBe("use        ids maps PID");
    expect(explainCheck(checkNamed("lsof"))[0]).toBe("use        ids lsof [PID]");
    expect(checkJson(checkNamed("lsmod"))).toMatchObject({
      check: "lsmod",
      needs: ["modules"],
      findings: ["list-damaged"],
    });
  });
});
