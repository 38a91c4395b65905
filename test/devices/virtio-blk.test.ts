import { describe, expect, it } from "vitest";
import { HvError } from "../../src/base/index.ts";
import { VirtioBlk } from "../../src/devices/virtio-blk.ts";
import { VirtioMmio } from "../../src/devices/virtio-mmio.ts";
import { BenchBlock, type BenchOptions, bench, copyState } from "./test-context.ts";
import { NEEDS_RESET, reg, VirtioDriver, WRITE } from "./virtio-driver.ts";

const HEADER = 0x5000;
const DATA = 0x6000;
const STATUS = 0x7000;

function givenDisk(options: BenchOptions = {}) {
  const around = bench(options);
  const device = new VirtioMmio(around.context, new VirtioBlk(around.context));
  device.reset();
  const driver = new VirtioDriver(device, around.memory).start();
  return { ...around, device, driver };
}

type Disk = ReturnType<typeof givenDisk>;

/** One request of type, sector and data direction; answers its status byte. */
function request(
  { driver, memory }: Disk,
  type: number,
  sector: number,
  sizeBytes: number,
  isWritable: boolean,
): number {
  driver.view.setUint32(HEADER, type, true);
  driver.view.setUint32(HEADER + 4, 0, true);
  driver.view.setBigUint64(HEADER + 8, BigInt(sector), true);
  memory.data[STATUS] = 0xee;
  const data = sizeBytes > 0 ? [{ address: DATA, sizeBytes, flags: isWritable ? WRITE : 0 }] : [];
  driver.post([{ address: HEADER, sizeBytes: 16 }, ...data, { address: STATUS, sizeBytes: 1, flags: WRITE }]);
  driver.notify();
  return memory.data[STATUS];
}

const read = (disk: Disk, sector: number, sizeBytes = 512) => request(disk, 0, sector, sizeBytes, true);
const write = (disk: Disk, sector: number, sizeBytes = 512) => request(disk, 1, sector, sizeBytes, false);

describe("virtio-blk", () => {
  it("announces its capacity in sectors of 512 bytes and offers flush", () => {
    const { driver } = givenDisk({ block: new BenchBlock(1234) });
    expect(driver.read(reg.DeviceID)).toBe(2);
    expect([driver.read(reg.Config), driver.read(reg.Config + 4), driver.read(reg.Config + 20)]).toEqual([
      1234, 0, 512,
    ]);
    expect(driver.features()[0] & (1 << 9)).not.toBe(0);
    expect(driver.features()[0] & (1 << 5)).toBe(0);
  });

  it("gives configuration bytes to 8-bit and 16-bit reads", () => {
    const { device } = givenDisk({ block: new BenchBlock(0x1234) });
    expect([device.read(0x100, 1), device.read(0x101, 1), device.read(0x100, 2), device.read(0x1f0, 4)]).toEqual([
      0x34, 0x12, 0x1234, 0,
    ]);
  });

  it("writes sectors and reads them back", () => {
    const disk = givenDisk();
    for (let i = 0; i < 1024; i++) disk.memory.data[DATA + i] = i * 7;
    const written = disk.memory.data.slice(DATA, DATA + 1024);
    expect(write(disk, 5, 1024)).toBe(0);
    expect(disk.block.data.slice(5 * 512, 7 * 512)).toEqual(written);
    disk.memory.data.fill(0, DATA, DATA + 1024);
    expect(read(disk, 5, 1024)).toBe(0);
    expect(disk.memory.data.slice(DATA, DATA + 1024)).toEqual(written);
    expect(disk.driver.used(1)).toEqual({ id: 0, sizeBytes: 1025 });
  });

  it("raises its line once the request is done and lowers it on acknowledge", () => {
    const disk = givenDisk();
    read(disk, 0);
    expect(disk.irqs[0].level).toBe(true);
    expect(disk.driver.read(reg.InterruptStatus)).toBe(1);
    disk.driver.write(reg.InterruptACK, 1);
    expect(disk.irqs[0].level).toBe(false);
  });

  it("stays quiet when the driver suppressed interrupts", () => {
    const disk = givenDisk();
    disk.driver.view.setUint16(disk.driver.availAddress, 1, true);
    read(disk, 0);
    expect(disk.driver.usedIndex).toBe(1);
    expect(disk.irqs[0].level).toBe(false);
  });

  it("gathers data from several segments", () => {
    const disk = givenDisk();
    const { driver, memory } = disk;
    for (let i = 0; i < 512; i++) memory.data[0x8000 + i] = memory.data[0x9000 + i] = i;
    driver.view.setUint32(HEADER, 1, true);
    driver.view.setBigUint64(HEADER + 8, 3n, true);
    driver.post([
      { address: HEADER, sizeBytes: 10 },
      { address: HEADER + 10, sizeBytes: 6 },
      { address: 0x8000, sizeBytes: 200 },
      { address: 0x9000 + 200, sizeBytes: 312 },
      { address: STATUS, sizeBytes: 1, flags: WRITE },
    ]);
    driver.notify();
    expect(disk.block.data.slice(3 * 512, 4 * 512)).toEqual(memory.data.slice(0x8000, 0x8200));
  });

  it("flushes the back end", () => {
    const disk = givenDisk();
    expect(request(disk, 4, 0, 0, false)).toBe(0);
    expect(disk.block.flushes).toBe(1);
  });

  it("answers its serial number", () => {
    const disk = givenDisk({ options: { serial: "disk-7" } });
    expect(request(disk, 8, 0, 20, true)).toBe(0);
    expect(Buffer.from(disk.memory.data.slice(DATA, DATA + 20)).toString("latin1")).toBe("disk-7".padEnd(20, "\0"));
  });

  it("refuses a serial number that is too long", () => {
    const { context } = bench({ options: { serial: "x".repeat(21) } });
    expect(() => new VirtioBlk(context)).toThrow(expect.objectContaining({ code: "device-option-invalid" }));
  });

  it("answers request types it does not know with UNSUPP", () => {
    expect(request(givenDisk(), 11, 0, 512, false)).toBe(2);
  });

  it("answers sectors outside the disk with IOERR", () => {
    const disk = givenDisk({ block: new BenchBlock(8) });
    expect(read(disk, 7)).toBe(0);
    expect(read(disk, 8)).toBe(1);
    expect(read(disk, 7, 1024)).toBe(1);
    expect(write(disk, 2 ** 40)).toBe(1);
    expect(write(disk, 2 ** 52)).toBe(1);
    expect(disk.driver.read(reg.Status) & NEEDS_RESET).toBe(0);
  });

  it("answers a length that is not whole sectors with IOERR", () => {
    expect(read(givenDisk(), 0, 100)).toBe(1);
  });

  it("keeps a read-only disk as it is and says so", () => {
    const disk = givenDisk({ block: new BenchBlock(8, true) });
    disk.memory.data.fill(0x55, DATA, DATA + 512);
    expect(disk.driver.features()[0] & (1 << 5)).not.toBe(0);
    expect(write(disk, 0)).toBe(1);
    expect(disk.block.data.every((byte) => byte === 0)).toBe(true);
  });

  it("has no sector without a back end", () => {
    const around = bench();
    const context = { ...around.context, block: undefined };
    const device = new VirtioMmio(context, new VirtioBlk(context));
    device.reset();
    const driver = new VirtioDriver(device, around.memory).start();
    expect(driver.read(reg.Config)).toBe(0);
    expect(read({ ...around, device, driver }, 0)).toBe(1);
  });

  it("turns a failure of the back end into IOERR", () => {
    const block = new BenchBlock(8);
    block.read = () => {
      throw new HvError({ code: "disk-read-failed", message: "expected 512 bytes, found the end" });
    };
    const disk = givenDisk({ block });
    expect(read(disk, 0)).toBe(1);
    expect(disk.log.some((record) => record.level === "error")).toBe(true);
  });

  it("runs on after a restore into a new device as the old one does", () => {
    const disk = givenDisk();
    disk.memory.data.fill(0x11, DATA, DATA + 512);
    write(disk, 1);
    const state = copyState(disk.device.save());
    const device = new VirtioMmio(disk.context, new VirtioBlk(disk.context));
    device.restore(state);
    disk.driver.device = device;
    expect(device.save()).toEqual(state);
    expect(disk.irqs[0].level).toBe(true);
    expect(read(disk, 1)).toBe(0);
    expect(disk.driver.usedIndex).toBe(2);
    expect(disk.driver.used(1).sizeBytes).toBe(513);
  });
});
