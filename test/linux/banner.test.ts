import { describe, expect, it } from "vitest";
import { openKernel } from "../../src/linux/index.ts";
import { BANNER, SyntheticKernel } from "./synthetic-kernel.ts";

describe("the banner", () => {
  it("is the complete line, not a template or a copy without a build number", () => {
    const guest = new SyntheticKernel();
    guest.text(0xf0000, "Linux version 6.1.99 (builder@host) (gcc 12.2.0, GNU ld 2.40) # \n\0");
    guest.text(0xf1000, "Linux version %s (%s)\0");
    expect(openKernel(guest.source).readBanner()).toBe(BANNER);
  });

  it("is the line that agrees with the running kernel's own names when there are two", () => {
    const guest = new SyntheticKernel({ exports: false });
    guest.text(0xf0000, BANNER.replace("6.1.99", "5.10.1"));
    const kernel = openKernel(guest.source);
    expect(kernel.banner).toMatchObject({ known: true, confidence: "likely" });
  });

  it("may end with a distribution's own build text", () => {
    const text =
      "Linux version 6.1.0-50-rpi (kernel@lists.example.org) (gcc-12 (Debian 12.2.0) 12.2.0, GNU ld 2.40) #1 Debian 6.1.176-1 (2026-07-02)\n";
    const guest = new SyntheticKernel();
    guest.image.fill(0, 0x100000, 0x100200);
    guest.text(0x100000, text);
    expect(openKernel(guest.source).readBanner()).toBe(text);
  });
});
