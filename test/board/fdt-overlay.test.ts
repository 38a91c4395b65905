import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { applyOverlay, overlayOf } from "../../src/board/fdt-overlay.ts";
import { type DeviceTree, fdtCells, fdtNode, nodeAt, readCells, readFdt, writeFdt } from "../../src/board/index.ts";

const BASE = `/dts-v1/;
/ { #address-cells = <1>; #size-cells = <1>; compatible = "board";
  soc: soc { #address-cells = <1>; #size-cells = <1>; ranges;
    intc: interrupt-controller@100 { reg = <0x100 4>; interrupt-controller; #interrupt-cells = <2>; };
    uart: serial@200 { reg = <0x200 4>; status = "disabled"; };
    clocks { osc: osc { clock-frequency = <1>; }; };
  };
  user { interrupt-parent = <&intc>; };
};`;

const OVERLAY = `/dts-v1/;
/plugin/;
/ {
  fragment@0 { target = <&uart>; __overlay__ {
    status = "okay"; clocks = <&fixed &osc>; interrupt-parent = <&intc>;
  }; };
  fragment@1 { target-path = "/"; __overlay__ {
    fixed: fixed-clock { clock-frequency = <24000000>; chain = <&other>; };
    other: other { marks = [01 02 03]; user = <&fixed>; };
  }; };
};`;

function givenFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "komainu-overlay-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function compiled(folder: string, name: string, source: string): DeviceTree {
  writeFileSync(join(folder, `${name}.dts`), source);
  const path = join(folder, `${name}.dtb`);
  execFileSync("dtc", ["-q", "-@", "-I", "dts", "-O", "dtb", "-o", path, join(folder, `${name}.dts`)]);
  return readFdt(new Uint8Array(readFileSync(path)));
}

/** The tree as dtc writes it, everything sorted. */
function sourceOf(folder: string, path: string): string {
  return execFileSync("dtc", ["-q", "-s", "-I", "dtb", "-O", "dts", join(folder, path)]).toString();
}

const hasTools = ["dtc", "fdtoverlay"].every((tool) => {
  try {
    execFileSync(tool, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
});

describe.skipIf(!hasTools)("applyOverlay with compiled overlays", () => {
  it("gives the tree that fdtoverlay gives, numbers included", () => {
    const folder = givenFolder();
    const base = compiled(folder, "base", BASE);
    applyOverlay(base, compiled(folder, "overlay", OVERLAY));
    writeFileSync(join(folder, "ours.dtb"), writeFdt(base));
    const [basePath, overlayPath, theirs] = ["base.dtb", "overlay.dtb", "theirs.dtb"].map((name) => join(folder, name));
    execFileSync("fdtoverlay", ["-i", basePath, "-o", theirs, overlayPath]);
    expect(sourceOf(folder, "ours.dtb")).toBe(sourceOf(folder, "theirs.dtb"));
  });

  it("can be done twice, with numbers that stay apart", () => {
    const folder = givenFolder();
    const base = compiled(folder, "base", BASE);
    const overlay = compiled(folder, "overlay", OVERLAY);
    applyOverlay(base, overlay);
    const before = readCells(nodeAt(base.root, "/fixed-clock")?.properties.get("phandle") ?? fdtCells(0));
    applyOverlay(base, overlay);
    const after = readCells(nodeAt(base.root, "/fixed-clock")?.properties.get("phandle") ?? fdtCells(0));
    expect(after?.[0]).toBeGreaterThan(before?.[0] ?? 0);
    expect(readCells(nodeAt(base.root, "/other")?.properties.get("user") ?? fdtCells())).toEqual(after);
  });

  it("refuses an overlay for another board", () => {
    const folder = givenFolder();
    const base = compiled(folder, "base", BASE.replace("uart: ", ""));
    expect(() => applyOverlay(base, compiled(folder, "overlay", OVERLAY))).toThrow(
      expect.objectContaining({ code: "overlay-invalid", message: expect.stringContaining('label "uart"') }),
    );
  });
});

describe("applyOverlay", () => {
  const givenBase = (): DeviceTree => {
    const root = fdtNode("", { model: new Uint8Array(1) });
    root.children.push(fdtNode("soc", { old: fdtCells(1) }));
    return { root, reservations: [], bootCpuId: 0 };
  };

  it("adds nodes where the path says, and merges those that are there", () => {
    const base = givenBase();
    applyOverlay(base, overlayOf("/", [fdtNode("soc", { added: fdtCells(2) }), fdtNode("new@1")]));
    expect(nodeAt(base.root, "/soc")?.properties).toEqual(
      new Map([
        ["old", fdtCells(1)],
        ["added", fdtCells(2)],
      ]),
    );
    expect(nodeAt(base.root, "/new@1")).toBeDefined();
  });

  it("leaves the overlay as it was", () => {
    const overlay = overlayOf("/soc", [fdtNode("clock", { phandle: fdtCells(1) })]);
    const bytes = writeFdt(overlay);
    const base = givenBase();
    base.root.properties.set("phandle", fdtCells(7));
    applyOverlay(base, overlay);
    expect(writeFdt(overlay)).toEqual(bytes);
    expect(nodeAt(base.root, "/soc/clock")?.properties.get("phandle")).toEqual(fdtCells(8));
  });

  it.each([
    ["no fragment", () => ({ root: fdtNode(""), reservations: [], bootCpuId: 0 })],
    ["a target that is not there", () => overlayOf("/nowhere", [])],
    [
      "a fixup outside its property",
      () => {
        const overlay = overlayOf("/soc", [fdtNode("x", { y: fdtCells(1) })]);
        overlay.root.children.push(fdtNode("__local_fixups__"));
        overlay.root.children[1].properties.set("gone", fdtCells(0));
        return overlay;
      },
    ],
  ])("refuses %s", (_, make) => {
    expect(() => applyOverlay(givenBase(), make())).toThrow(expect.objectContaining({ code: "overlay-invalid" }));
  });
});
