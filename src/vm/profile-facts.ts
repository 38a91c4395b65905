/** Translates a board profile into the facts the hypervisor's objects are built from. */
import { assert } from "../base/index.ts";
import type { Profile, ProfileDevice } from "../board/index.ts";
import { emulators } from "./emulators.table.ts";
import { armv5Layout, type GuestRegionFacts, type HostDeviceFacts, type MachineFacts } from "./facts.ts";

/** Models whose medium is a disk of the host, in the order in which a profile has them. */
const BLOCK_MODELS = ["virtio-mmio-blk", "bcm2835-sdhost"];
/** Devices that the host board has too, because the guest board is modelled on it; virtio slots are the guest's only. */
const isOnHost = (device: ProfileDevice): boolean =>
  device.model !== "zero" && !device.model.startsWith("virtio-") && device.model !== "nor-flash";

/** Xvisor's `compatible` of a VCPU, and where its trees have the devices of boards with such a CPU. */
const cpuFacts: Readonly<Record<Profile["cpu"]["model"], { vcpuCompatible: string; deviceFolder: string }>> = {
  "arm926ej-s": { vcpuCompatible: "armv5te,arm926ej", deviceFolder: "/motherboard/amba" },
  "arm1176jzf-s": { vcpuCompatible: "armv6,arm1176", deviceFolder: "/soc" },
};

/** What the host's interrupt controllers are called, by the profile's name for them. */
const chips: Readonly<Record<string, string>> = { pic: "VIC", sic: "FPGA", ic: "BCM2835" };

function hostDevice(device: ProfileDevice, folder: string): HostDeviceFacts {
  const { hostCompatible, hostTitle, hostClass } = emulators[device.model];
  const [wire] = device.irqs;
  return {
    path: `${folder}/${device.name}`,
    compatible: hostCompatible,
    description: hostTitle,
    address: device.address,
    sizeBytes: device.sizeBytes,
    irq:
      wire !== undefined && typeof wire.line === "number"
        ? { line: wire.line, chip: chips[wire.to] ?? wire.to }
        : undefined,
    deviceClass: hostClass,
  };
}

function guestRegions(profile: Profile): GuestRegionFacts[] {
  const memory = profile.regions.map(
    (region): GuestRegionFacts => ({
      name: region.name,
      kind: region.type.endsWith("rom") ? "rom" : "ram",
      guestAddress: region.address,
      sizeBytes: region.sizeBytes,
      alignOrder: region.alignOrder,
    }),
  );
  const devices = profile.devices.map((device): GuestRegionFacts => {
    const row = emulators[device.model];
    assert(row !== undefined, `model ${device.model} is in the table of emulators`);
    return {
      name: device.name,
      kind: "device",
      guestAddress: device.address,
      sizeBytes: device.sizeBytes,
      emulator: row.emulator,
      deviceType: row.deviceType,
      irqLines: device.irqs.flatMap(({ line }) => (typeof line === "number" ? [line] : [])),
    };
  });
  return [...memory, ...devices];
}

export function machineFacts(profile: Profile, bootArguments: string): MachineFacts {
  const { vcpuCompatible, deviceFolder } = cpuFacts[profile.cpu.model];
  return {
    hostName: profile.host.name,
    cpu: { type: "arm32", hardwareId: 0, instructionsPerSecond: 1e9 / profile.cpu.nsPerInstruction },
    ramBanks: [{ address: 0, sizeBytes: profile.host.ramSizeBytes }],
    layout: armv5Layout,
    hostDevices: profile.devices.filter(isOnHost).map((device) => hostDevice(device, deviceFolder)),
    consolePath: `${deviceFolder}/uart0`,
    guest: {
      name: profile.guest.name,
      model: profile.name,
      endianness: "little",
      vcpuCount: 1,
      vcpuCompatible,
      startPc: profile.boot.kernelAddress,
      bootArguments,
      regions: guestRegions(profile),
      serialPorts: profile.devices.filter((device) => device.serial).map((device) => device.name),
      disks: profile.devices.filter((device) => BLOCK_MODELS.includes(device.model)).map((device) => device.name),
    },
  };
}
