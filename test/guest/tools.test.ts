import { describe, expect, it } from "vitest";
import { checkTools, findTool } from "../../src/guest/tools.ts";
import { makeFakeTools } from "./fake-tools.ts";

describe("checkTools", () => {
  it("accepts a search path with every tool", () => {
    const fake = makeFakeTools();
    const source = { archivePath: fake.sourceArchive, packageName: "linux-source-6.1" };
    expect(() => checkTools(fake.env.PATH ?? "", source)).not.toThrow();
  });

  it("names everything that is missing at once, with the line that installs it", () => {
    const fake = makeFakeTools();
    for (const tool of ["bc", "arm-linux-gnueabi-gcc", "gcc"]) fake.remove(tool);
    const source = { archivePath: `${fake.root}/none.tar.xz`, packageName: "linux-source-6.1" };
    expect(() => checkTools(fake.env.PATH ?? "", source)).toThrow(
      expect.objectContaining({
        code: "tool-missing",
        exitCode: 3,
        message: expect.stringContaining(`gcc, arm-linux-gnueabi-gcc, bc, ${fake.root}/none.tar.xz`),
        hint: "Install them with: sudo apt-get install -y bc gcc gcc-arm-linux-gnueabi libc6-dev linux-source-6.1",
      }),
    );
  });
});

describe("findTool", () => {
  it("takes the first executable file of the search path", () => {
    const fake = makeFakeTools();
    const path = `/nowhere::${fake.env.PATH}:/usr/bin`;
    expect(findTool("make", path)).toBe(`${fake.env.PATH}/make`);
    expect(findTool("no-such-tool", path)).toBeUndefined();
  });
});
