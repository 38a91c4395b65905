/** Builds the host device tree from a board's facts: `/chosen`, `/vmm`, the board's devices and `/guests/<name>`. */
import { cells, DeviceTree, strings } from "./devtree.ts";
import type { GuestFacts, GuestRegionFacts, MachineFacts } from "./facts.ts";
import { DEFAULT_PRIORITY } from "./vcpu.ts";

const TIME_SLICE_NS = 10_000_000;
const GUEST_IRQ_COUNT = 2048;

/** The tree at power-on, guests not yet created. */
export function buildHostDeviceTree(facts: MachineFacts): DeviceTree {
  const tree = new DeviceTree();
  tree.root.set("model", strings(facts.hostName));
  tree.ensure("/chosen").set("console", strings(facts.consolePath));
  tree.ensure("/vmm").set("mterm_priority", cells(DEFAULT_PRIORITY)).set("mterm_time_slice", cells(TIME_SLICE_NS));
  const memory = facts.ramBanks.flatMap(({ address, sizeBytes }) => [address, sizeBytes]);
  tree
    .ensure("/memory")
    .set("device_type", strings("memory"))
    .set("reg", cells(...memory));
  for (const device of facts.hostDevices) {
    const node = tree.ensure(device.path).set("compatible", strings(device.compatible));
    node.set("reg", cells(device.address, device.sizeBytes));
    if (device.irq !== undefined) node.set("interrupts", cells(device.irq.line));
  }
  tree.ensure("/guests");
  return tree;
}

const deviceTypeOf = (region: GuestRegionFacts): string => {
  if (region.kind === "device") return region.deviceType ?? "misc";
  return region.kind === "ram" ? "alloced_ram" : "alloced_rom";
};

/** Adds `/guests/<name>` with its VCPUs and regions. */
export function addGuestNode(tree: DeviceTree, guest: GuestFacts): void {
  const root = tree.ensure(`/guests/${guest.name}`);
  root.set("model", strings(guest.model)).set("device_type", strings("guest"));
  root.set("endianness", strings(guest.endianness));
  const template = root.add("vcpu_template");
  template.set("device_type", strings("vcpu")).set("compatible", strings(guest.vcpuCompatible));
  template.set("start_pc", cells(guest.startPc));
  const vcpus = root.add("vcpus");
  for (let i = 0; i < guest.vcpuCount; i++) vcpus.addCopy(`vcpu${i}`, template);
  const aspace = root.add("aspace").set("guest_irq_count", cells(GUEST_IRQ_COUNT));
  for (const region of guest.regions) {
    const node = aspace.add(region.name);
    node.set("manifest_type", strings(region.kind === "device" ? "virtual" : "real"));
    node.set("address_type", strings("memory")).set("device_type", strings(deviceTypeOf(region)));
    if (region.emulator !== undefined) node.set("compatible", strings(region.emulator));
    node.set("guest_physical_addr", cells(region.guestAddress)).set("physical_size", cells(region.sizeBytes));
    if (region.alignOrder !== undefined) node.set("align_order", cells(region.alignOrder));
    if (region.irqLines !== undefined && region.irqLines.length > 0) node.set("interrupts", cells(...region.irqLines));
  }
}
