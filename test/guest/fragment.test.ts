import { describe, expect, it } from "vitest";
import { mergedFragment } from "../../src/guest/fragment.ts";

const merged = (base: string, more: string): string =>
  Buffer.from(mergedFragment(Buffer.from(base), Buffer.from(more))).toString();

describe("mergedFragment", () => {
  it("lets the added fragment's lines replace those of the same option, in either form", () => {
    const base = "# of the board\nCONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=m\n";
    expect(merged(base, "# CONFIG_A is not set\nCONFIG_B=y\nCONFIG_D=7\n")).toBe(
      "# of the board\nCONFIG_C=m\n# CONFIG_A is not set\nCONFIG_B=y\nCONFIG_D=7\n",
    );
  });

  it("does not take an option for another whose name begins alike", () => {
    expect(merged("CONFIG_HZ_100=y\n", "CONFIG_HZ=100")).toBe("CONFIG_HZ_100=y\nCONFIG_HZ=100\n");
  });
});
