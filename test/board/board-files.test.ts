import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HvError } from "../../src/base/index.ts";
import { boardPath, boardsFolder, listBoards, loadBoard, readBoard } from "../../src/board/index.ts";
import { deviceModels } from "../../src/devices/index.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "komainu-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof HvError) return error.code;
    throw error;
  }
  return "";
};

describe("boards", () => {
  it("are listed by name, without the schema", () => {
    expect(listBoards()).toContain("versatilepb");
    expect(listBoards()).not.toContain("profile.schema");
    expect(listBoards(join(folder, "nowhere"))).toEqual([]);
  });

  it("are found by name and by path, and are the same", () => {
    const byName = loadBoard("versatilepb");
    expect(byName.path).toBe(join(boardsFolder(), "versatilepb.json"));
    expect(loadBoard(byName.path).profile).toEqual(byName.profile);
  });

  it("that are unknown give the names that are known", () => {
    expect(() => boardPath("versatilpb")).toThrow('expected the name of a board or a profile file, found "versatilpb"');
    try {
      boardPath("versatilpb");
    } catch (error) {
      expect((error as HvError).hint).toContain('Did you mean "versatilepb"?');
    }
  });

  it("that overlap are read for lint but not loaded", () => {
    const broken = join(folder, "broken.json");
    writeFileSync(
      broken,
      JSON.stringify({
        name: "broken",
        cpu: { model: "arm926ej-s" },
        host: { name: "h", ramSize: "256M" },
        guest: { name: "guest0", memory: "96M" },
        regions: [
          { name: "mem0", address: 0, type: "alloced_ram" },
          { name: "mem1", address: "0x1000", size: "4K", type: "alloced_ram" },
        ],
        devices: [],
        boot: {
          images: { kernel: "a", deviceTree: "b" },
          commandLine: "",
          kernelAddress: 32768,
          machineId: 387,
          readyPattern: "x",
          shellPrompt: "x",
        },
      }),
    );
    expect(readBoard(broken).profile.name).toBe("broken");
    expect(codeOf(() => loadBoard(broken))).toBe("profile-overlap");
  });
});

describe("the Raspberry Pi profiles", () => {
  const numbers = (value: unknown): Record<string, number> => value as Record<string, number>;

  it.each(["raspberrypi", "raspberrypi-zero"])("%s tells loader and firmware the same of the board", (name) => {
    const { profile } = loadBoard(name, { models: deviceModels });
    const mailbox = profile.devices.find(({ model }) => model === "bcm2835-mbox");
    const { serialNumber, armMemoryMiB, vcMemoryMiB } = numbers(mailbox?.options);
    const vcram = profile.regions.find((region) => region.name === "vcram");
    expect(serialNumber.toString(16).padStart(16, "0")).toBe(profile.boot.serialNumber);
    expect(armMemoryMiB * 2 ** 20).toBe(profile.boot.memorySizeBytes);
    // The VideoCore's memory begins where the ARM's ends.
    expect(vcram).toMatchObject({ address: armMemoryMiB * 2 ** 20, sizeBytes: vcMemoryMiB * 2 ** 20 });
  });

  it("differ in what the boards differ in, and in nothing else", () => {
    const [one, zero] = ["raspberrypi", "raspberrypi-zero"].map((name) => readBoard(name).profile);
    const shape = ({ devices }: typeof one) => devices.map(({ options: _options, ...device }) => device);
    expect(shape(zero)).toEqual(shape(one));
    expect(zero.boot.images).toEqual({ ...one.boot.images, deviceTree: "bcm2835-rpi-zero.dtb" });
    expect(zero.boot.serialNumber).not.toBe(one.boot.serialNumber);
  });

  it("have virtio slots on lines and addresses that no part of the chip has", () => {
    const { devices } = readBoard("raspberrypi").profile;
    const isSlot = ({ model }: (typeof devices)[number]): boolean => model.startsWith("virtio-mmio");
    const [slots, parts] = [devices.filter(isSlot), devices.filter((device) => !isSlot(device))];
    const lines = parts.flatMap(({ irqs }) => irqs.map(({ line }) => line));
    for (const { irqs, address } of slots) {
      expect(lines).not.toContain(irqs[0].line);
      expect(address).toBeGreaterThanOrEqual(0x22000000);
    }
    for (const { address, sizeBytes } of parts) expect(address + sizeBytes).toBeLessThanOrEqual(0x22000000);
  });
});
