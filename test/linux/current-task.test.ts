import { describe, expect, it } from "vitest";
import { currentVariable } from "../../src/linux/current-task.ts";
import { openKernel } from "../../src/linux/index.ts";
import { SyntheticKernel } from "./synthetic-kernel.ts";

describe("the running task", () => {
  it("is the one in the register that only the kernel writes", () => {
    const guest = new SyntheticKernel();
    const [, init] = guest.taskAddresses;
    const kernel = openKernel({
      ...guest.source,
      registers: { sctlr: 0x0080317f, ttbr0: 0x4000, dacr: 0x51, tpidruro: init },
    });
    expect(kernel.currentTask()?.comm).toBe("init");
  });

  it("is not known without the register and without the variable's name or use", () => {
    const kernel = openKernel(new SyntheticKernel().source);
    expect(currentVariable(kernel)).toBeUndefined();
    expect(kernel.currentTask()).toBeUndefined();
  });
});
