import { describe, expect, it } from "vitest";
import { openKernel } from "../../src/linux/index.ts";
import { SyntheticKernel } from "./synthetic-kernel.ts";

const textOf = (guest: SyntheticKernel, release = "6.1.99"): string =>
  [
    `OSRELEASE=${release}`,
    "PAGESIZE=4096",
    "SYMBOL(_stext)=c0008000",
    `SYMBOL(swapper_pg_dir)=${guest.va(0x4000).toString(16)}`,
    "SYMBOL(prb)=c0300000",
    "OFFSET(list_head.next)=0",
    "",
  ].join("\n");

/** Writes the text as the note around it, and a variable that the code of the function at 0xc0030020 loads. */
function withNote(guest: SyntheticKernel, text: string): void {
  const note = 0x3e0000;
  guest.word(guest.va(note), 11);
  guest.word(guest.va(note + 4), text.length);
  guest.text(note + 12, "VMCOREINFO\0");
  guest.text(note + 24, text);
  guest.word(guest.va(0x3d0000), guest.va(note));
  const code = guest.symbols.find(({ name }) => name === "paddr_vmcoreinfo_note")?.address ?? 0;
  // ldr r0, [pc, #0]; bx lr; the literal.
  guest.word(code, 0xe59f0000);
  guest.word(code + 4, 0xe12fff1e);
  guest.word(code + 8, guest.va(0x3d0000));
}

class Guest extends SyntheticKernel {
  constructor() {
    super({ functionNames: { 0: "paddr_vmcoreinfo_note" } });
  }
}

describe("VMCOREINFO in memory", () => {
  it("is found by the code that uses it, held against memory, and adds its symbols", () => {
    const guest = new Guest();
    withNote(guest, textOf(guest));
    const kernel = openKernel(guest.source);
    expect(kernel.vmcoreinfo).toMatchObject({ known: true, confidence: "proved" });
    expect(kernel.given.map(({ title, verdict }) => [title, verdict])).toEqual([["VMCOREINFO", "same"]]);
    expect(kernel.given[0].comparisons.map(({ what, agreed }) => [what, agreed])).toEqual([
      ["release", 1],
      ["places", 1],
      ["symbols", 1],
    ]);
    expect(kernel.symbols.locate("prb")).toEqual({ address: 0xc0300000, source: "VMCOREINFO" });
  });

  it("that names another release than the version line is not believed", () => {
    const guest = new Guest();
    withNote(guest, textOf(guest, "6.6.1"));
    const kernel = openKernel(guest.source);
    expect(kernel.given.map(({ verdict }) => verdict)).toEqual(["other"]);
    expect(kernel.symbols.find("prb")).toBeUndefined();
  });

  it("is found in the image of older kernels, where a format string is not taken for it", () => {
    const guest = new SyntheticKernel();
    guest.text(0x1f0000, "OSRELEASE=%s\n\0");
    guest.text(0x1f1000, textOf(guest));
    expect(openKernel(guest.source).vmcoreinfo).toMatchObject({ known: true, confidence: "likely" });
  });

  it("is the one page that begins so where no symbol leads to it, and none of two", () => {
    // Before the kernel's image, which is searched as a whole.
    const guest = new SyntheticKernel();
    guest.image.fill(0, 0x101000, 0x180000);
    expect(openKernel(guest.source).vmcoreinfo).toMatchObject({ known: false });
    guest.text(0x1000, textOf(guest));
    expect(openKernel(guest.source).vmcoreinfo).toMatchObject({
      known: true,
      evidence: expect.stringContaining("one page"),
    });
    guest.text(0x2000, textOf(guest));
    expect(openKernel(guest.source).vmcoreinfo).toMatchObject({ known: false });
  });
});
