import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bannerDate, compiledFraction, kernelEnvironment, unmetOptions } from "../../src/guest/kernel.ts";
import { recipeOf } from "../../src/guest/recipe.ts";
import { givenFolder } from "./fake-tools.ts";

describe("bannerDate", () => {
  it("has the form of date -u, with a day of one digit padded by a space", () => {
    expect(bannerDate(1_700_000_000)).toBe("Tue Nov 14 22:13:20 UTC 2023");
    expect(bannerDate(1_704_164_645)).toBe("Tue Jan  2 03:04:05 UTC 2024");
  });
});

describe("kernelEnvironment", () => {
  it("keeps what would change the kernel out, and fixes who built it and when", () => {
    const caller = {
      PATH: "/bin",
      HOME: "/home/x",
      KCFLAGS: "-O0",
      MAKEFLAGS: "-k",
      CROSS_COMPILE: "y-",
      LC_ALL: "de",
    };
    const env = kernelEnvironment({ sourceDateS: 1_700_000_000 }, caller);
    expect(env).toMatchObject({
      PATH: "/bin",
      HOME: "/home/x",
      LC_ALL: "C",
      KBUILD_BUILD_USER: "komainu",
      KBUILD_BUILD_HOST: "board",
      KBUILD_BUILD_VERSION: "1",
      KBUILD_BUILD_TIMESTAMP: "Tue Nov 14 22:13:20 UTC 2023",
      SOURCE_DATE_EPOCH: "1700000000",
    });
    for (const name of ["KCFLAGS", "MAKEFLAGS", "CROSS_COMPILE"]) expect(env).not.toHaveProperty(name);
  });
});

describe("compiledFraction", () => {
  const recipe = recipeOf("versatilepb");

  it("counts the compiler's, assembler's, archiver's and linker's lines of earlier runs", () => {
    const logPath = join(givenFolder(), "build.log");
    expect(compiledFraction(logPath, recipe)).toBe(0);
    const lines = [
      "$ make zImage",
      "  HOSTCC  scripts/fixdep",
      "  UPD     x.h",
      "  CC      a.o",
      "  AS      b.o",
      "CC c.o",
    ];
    writeFileSync(logPath, `${[...lines, "  AR      built-in.a", "  LD      vmlinux"].join("\n")}\n`);
    expect(compiledFraction(logPath, recipe)).toBe(5 / recipe.expectedCompileLines);
    writeFileSync(logPath, "  CC      a.o\n".repeat(recipe.expectedCompileLines * 2));
    expect(compiledFraction(logPath, recipe)).toBeLessThan(1);
  });
});

describe("unmetOptions", () => {
  const configuration = "#\n# Linux\n#\nCONFIG_A=y\nCONFIG_B=m\n# CONFIG_C is not set\nCONFIG_NAME=y\n";

  it("accepts options that hold, comments, and an option that is off by being absent", () => {
    const fragment = "# a comment\n\nCONFIG_A=y\n# CONFIG_C is not set\n# CONFIG_ABSENT is not set\n";
    expect(unmetOptions(fragment, configuration)).toEqual([]);
  });

  it("names options that Kconfig dropped, changed or switched on", () => {
    const fragment = "CONFIG_B=y\n# CONFIG_A is not set\nCONFIG_ABSENT=y\n# CONFIG_NAM is not set\n";
    expect(unmetOptions(fragment, configuration)).toEqual(["CONFIG_B=y", "# CONFIG_A is not set", "CONFIG_ABSENT=y"]);
  });
});
