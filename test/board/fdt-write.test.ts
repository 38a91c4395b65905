import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { fdtCells, fdtNode, fdtStrings, readFdt, writeFdt } from "../../src/board/index.ts";
import { makeDtb, makeTree } from "./samples.ts";

const hasDtc = spawnSync("dtc", ["--version"]).status === 0;

/** Runs the device tree compiler on `input`. */
function dtc(args: string[], input: Uint8Array | string): Buffer {
  const { status, stdout, stderr } = spawnSync("dtc", ["-q", ...args], { input, maxBuffer: 2 ** 24 });
  if (status !== 0) throw new Error(`dtc: ${stderr}`);
  return stdout;
}

describe("writeFdt", () => {
  it("gives back the same bytes after a read, and the same tree after a write", () => {
    expect(writeFdt(readFdt(makeDtb()))).toEqual(makeDtb());
    expect(readFdt(makeDtb())).toEqual(makeTree());
  });

  it("keeps reservations and the boot CPU, 64-bit addresses too", () => {
    const tree = { ...makeTree(), bootCpuId: 3, reservations: [{ address: 0x1_2345_6789n, sizeBytes: 0x1000n }] };
    expect(readFdt(writeFdt(tree))).toEqual(tree);
  });

  it("stores a name once, also as the tail of another", () => {
    const tree = makeTree();
    const before = writeFdt(tree).length;
    tree.root.properties.set("cells", fdtCells(1));
    expect(writeFdt(tree).length - before).toBe(16);
  });

  it("grows for values of any length", () => {
    const tree = makeTree();
    tree.root.children.push(
      fdtNode("big", { data: new Uint8Array(10_001).fill(7), text: fdtStrings("x".repeat(999)) }),
    );
    expect(readFdt(writeFdt(tree))).toEqual(tree);
  });

  it.skipIf(!hasDtc)("is read by dtc, and reads what dtc writes, down to the same source text", () => {
    const source = [
      "/dts-v1/;",
      "/memreserve/ 0x1000 0x2000;",
      '/ { #address-cells = <1>; #size-cells = <1>; compatible = "a,b", "c";',
      "  label: node@10 { reg = <0x10 0x20>; empty; bytes = [01 02 03]; deep { deeper { x = <&label>; }; }; };",
      "};",
    ].join("\n");
    const compiled = new Uint8Array(dtc(["-I", "dts", "-O", "dtb"], source));
    const again = writeFdt(readFdt(compiled));
    const textOf = (dtb: Uint8Array): string => dtc(["-I", "dtb", "-O", "dts"], dtb).toString();
    expect(textOf(again)).toBe(textOf(compiled));
    expect(textOf(again)).toContain("/memreserve/");
  });
});
