import { describe, expect, it } from "vitest";
import { runCheck } from "../../src/ids/index.ts";
import { openKernel } from "../../src/linux/index.ts";
import { SyntheticKernel } from "../linux/synthetic-kernel.ts";
import { checkNamed, messageIds } from "./check-run.ts";

/** A guest that was booted from its image as it is now. */
function givenBooted() {
  const guest = new SyntheticKernel();
  const data = guest.image.slice(0x8000);
  const kernel = openKernel({ ...guest.source, bootImage: () => ({ address: 0x8000, data }) });
  return { guest, look: () => runCheck(checkNamed("text"), kernel) };
}

describe("ids text", () => {
  it("is clean while the code is what was booted", () => {
    const { look } = givenBooted();
    expect(look()).toMatchObject({ verdict: "clean", findings: [] });
  });

  it("finds a function that begins with a jump out of the kernel, and says where it leads", () => {
    const { guest, look } = givenBooted();
    guest.word(guest.va(0x30020), 0xe51ff004);
    guest.word(guest.va(0x30024), 0xbf001000);
    const report = look();
    expect(messageIds(report)).toEqual(["redirected"]);
    expect(report.findings[0].text).toBe("do_thing_0+0x0 was changed to jump to bf001000, unmapped memory");
  });

  it("finds an instruction that changed, and leaves the system call table to its own check", () => {
    const { guest, look } = givenBooted();
    guest.word(guest.va(0x30030), 0xe1a00000);
    guest.word(guest.syscallTable + 4 * 30, 0xbf000000);
    const report = look();
    expect(messageIds(report)).toEqual(["code-changed"]);
    expect(report.findings[0].data).toMatchObject({ where: "do_thing_0+0x10", now: "e1a00000" });
  });

  it("cannot tell without the image that was booted", () => {
    const kernel = openKernel(new SyntheticKernel().source);
    const report = runCheck(checkNamed("text"), kernel);
    expect([report.verdict, report.cannotTell[0]]).toEqual(["cannot-tell", expect.stringContaining("boot-image")]);
  });
});
