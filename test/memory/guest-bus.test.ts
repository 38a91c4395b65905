import { describe, expect, it } from "vitest";
import { type BusRegion, GuestBus, HostMemory, PageTraps, RAM_OFFSET, TRAP_CODE } from "../../src/memory/index.ts";

const KIB = 1024;
const DEVICE = 0x101f1000;

/** RAM at 0, ROM at 0x34000000, a device, and RAM that ends where the address space ends. */
function given() {
  const host = new HostMemory(1024 * KIB);
  const traps = new PageTraps(host.u8.length);
  const accesses: string[] = [];
  const handler = {
    read: (offset: number, sizeBytes: number) => {
      accesses.push(`read ${offset.toString(16)} ${sizeBytes}`);
      return 0xffffffff;
    },
    write: (offset: number, value: number, sizeBytes: number) => {
      accesses.push(`write ${offset.toString(16)} ${value} ${sizeBytes}`);
    },
  };
  const regions: BusRegion[] = [
    { kind: "device", name: "uart0", guestAddress: DEVICE, sizeBytes: 4 * KIB, handler },
    { kind: "ram", name: "top", guestAddress: 0xffff0000, sizeBytes: 64 * KIB, hostAddress: 512 * KIB },
    { kind: "rom", name: "flash", guestAddress: 0x34000000, sizeBytes: 64 * KIB, hostAddress: 256 * KIB },
    { kind: "ram", name: "mem0", guestAddress: 0, sizeBytes: 128 * KIB, hostAddress: 64 * KIB },
  ];
  return { host, traps, accesses, bus: new GuestBus(host, traps, regions) };
}

describe("the guest's bus", () => {
  it("finds the region of an address, up to both of its ends", () => {
    const { bus } = given();
    const names = [0, 128 * KIB - 1, 128 * KIB, DEVICE - 1, DEVICE, DEVICE + 0xfff, 0x34000000, 0xffffffff];
    expect(names.map((address) => bus.regionAt(address)?.name)).toEqual([
      "mem0",
      "mem0",
      undefined,
      undefined,
      "uart0",
      "uart0",
      "flash",
      "top",
    ]);
  });

  it("finds the same region again after another one, whatever the order", () => {
    const { bus } = given();
    const addresses = [0, DEVICE, 0, 0x34000000, 0x12345, 0x50000000, 0];
    const once = addresses.map((address) => given().bus.regionAt(address)?.name);
    expect(addresses.map((address) => bus.regionAt(address)?.name)).toEqual(once);
  });

  it("is an add from guest RAM to host memory, for signed addresses too; ROM only for reading", () => {
    const { bus } = given();
    expect(bus.hostOffset(0x1234, true)).toBe(RAM_OFFSET + 64 * KIB + 0x1234);
    expect(bus.hostOffset(-1, true)).toBe(RAM_OFFSET + 576 * KIB - 1);
    expect(bus.hostOffset(0x34000000, false)).toBe(RAM_OFFSET + 256 * KIB);
    expect([
      bus.hostOffset(0x34000000, true),
      bus.hostOffset(DEVICE, false),
      bus.hostOffset(0x50000000, false),
    ]).toEqual([-1, -1, -1]);
  });

  it("hands a device its offset and size, and takes what it says as a word", () => {
    const { bus, accesses } = given();
    expect(bus.busRead(DEVICE + 0x18, 4)).toBe(-1);
    bus.busWrite(DEVICE + 2, 7, 2);
    expect(accesses).toEqual(["read 18 4", "write 2 7 2"]);
  });

  it("lets another bus master at the registers of devices, and at nothing else, without a fault", () => {
    const { bus, accesses } = given();
    expect([bus.readRegister(DEVICE + 0x18), bus.writeRegister(DEVICE + 4, 7)]).toEqual([-1, true]);
    expect(accesses).toEqual(["read 18 4", "write 4 7 4"]);
    for (const address of [0, 0x34000000, 0x50000000])
      expect([bus.readRegister(address), bus.writeRegister(address, 1)]).toEqual([undefined, false]);
    expect(bus.faulted).toBe(false);
  });

  it("reads and writes RAM in all sizes, little-endian, and never writes ROM", () => {
    const { bus, host } = given();
    bus.busWrite(0x100, 0x11223344, 4);
    bus.busWrite(0x102, 0xaabb, 2);
    bus.busWrite(0x101, 0xcc, 1);
    expect([bus.busRead(0x100, 4) >>> 0, bus.busRead(0x102, 2), bus.busRead(0x101, 1)]).toEqual([
      0xaabbcc44, 0xaabb, 0xcc,
    ]);
    bus.busWrite(0x34000000, 1, 4);
    expect(host.u8[RAM_OFFSET + 256 * KIB]).toBe(0);
    expect(bus.faulted).toBe(false);
  });

  it("marks an access that nothing answers", () => {
    const { bus } = given();
    expect([bus.busRead(0x50000000, 4), bus.faulted]).toEqual([0, true]);
    bus.faulted = false;
    bus.busWrite(0x50000000, 1, 1);
    expect(bus.faulted).toBe(true);
  });

  it("copies memory only where all of it is memory", () => {
    const { bus } = given();
    expect(bus.writeMemory(128 * KIB - 2, Uint8Array.of(1, 2))).toBe(true);
    const target = new Uint8Array(2);
    expect([bus.read(128 * KIB - 2, target), [...target]]).toEqual([true, [1, 2]]);
    expect(bus.read(128 * KIB - 1, target)).toBe(false);
    expect(bus.writeMemory(128 * KIB - 1, target)).toBe(false);
    expect(bus.read(DEVICE, target)).toBe(false);
    expect([bus.readU32(128 * KIB - 4), bus.readU32(128 * KIB - 3)]).toEqual([0x02010000, undefined]);
    expect(bus.readU32(0xfffffffe)).toBeUndefined();
  });

  it("lets the loader write ROM", () => {
    const { bus } = given();
    expect(bus.writeMemory(0x34000000, Uint8Array.of(9))).toBe(true);
    expect(bus.busRead(0x34000000, 1)).toBe(9);
  });

  it("lists its memory for readers, without devices", () => {
    expect(given().bus.ranges).toEqual([
      { startAddress: 0, sizeBytes: 128 * KIB },
      { startAddress: 0x34000000, sizeBytes: 64 * KIB },
      { startAddress: 0xffff0000, sizeBytes: 64 * KIB },
    ]);
  });

  it("tells the owner of a trap of every page that a write touches", () => {
    const { bus, traps } = given();
    const told: [number, number][] = [];
    traps.listen(TRAP_CODE, (hostOffset, sizeBytes) => told.push([hostOffset - RAM_OFFSET - 64 * KIB, sizeBytes]));
    for (const page of [0, 1, 2]) traps.set((RAM_OFFSET + 64 * KIB + page * 4096) >>> 12, TRAP_CODE);
    bus.writeMemory(0xffe, new Uint8Array(0x1004));
    bus.busWrite(0x2004, 1, 2);
    expect(told).toEqual([
      [0xffe, 2],
      [0x1000, 0x1000],
      [0x2000, 2],
      [0x2004, 2],
    ]);
  });
});
