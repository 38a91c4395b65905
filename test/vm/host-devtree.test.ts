import { describe, expect, it } from "vitest";
import { addGuestNode, buildHostDeviceTree } from "../../src/vm/host-devtree.ts";
import { benchFacts } from "./hypervisor-bench.ts";

describe("the host device tree at power-on", () => {
  it("says what the board has, and has no guest yet", () => {
    const tree = buildHostDeviceTree(benchFacts);
    expect(tree.find("/memory")?.text(true)).toContain("reg = <0x0 0x10000000>;");
    expect(tree.find("/motherboard/amba/uart0")?.text(true)).toBe(
      'uart0 {\n\tcompatible = "arm,pl011";\n\treg = <0x101f1000 0x1000>;\n\tinterrupts = <0xc>;\n};\n',
    );
    expect(tree.find("/chosen")?.text(true)).toContain('console = "/motherboard/amba/uart0";');
    expect(tree.find("/guests")?.children).toEqual([]);
  });
});

describe("a guest's node", () => {
  const tree = buildHostDeviceTree(benchFacts);
  addGuestNode(tree, { ...benchFacts.guest, vcpuCount: 2 });

  it("has a VCPU after the template for each of the guest's", () => {
    const vcpus = tree.find("/guests/guest0/vcpus")?.children.map((node) => node.text(true));
    const text = 'device_type = "vcpu";\n\tcompatible = "armv5te,arm926ej";\n\tstart_pc = <0x8000>;\n};\n';
    expect(vcpus).toEqual([`vcpu0 {\n\t${text}`, `vcpu1 {\n\t${text}`]);
  });

  it("has the guest's regions with what is behind each", () => {
    const region = (name: string) => tree.find(`/guests/guest0/aspace/${name}`)?.text(true) ?? "";
    expect(region("uart0")).toContain('manifest_type = "virtual";');
    expect(region("uart0")).toContain("interrupts = <0xc>;");
    expect(region("mem0")).toContain('device_type = "alloced_ram";');
    expect(region("mem0")).toContain("align_order = <0x15>;");
    expect(region("nor_flash0")).toContain('device_type = "alloced_rom";');
  });
});
