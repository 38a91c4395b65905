import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/index.ts";
import { powerOn } from "../../src/main/power-on.ts";
import { MachineShelf } from "../../src/main/snapshot-shelf.ts";
import { SnapshotStore } from "../../src/main/snapshot-store.ts";
import { stateHash } from "../../src/vm/index.ts";
import { READY_TEXT, TinyBoard } from "./tiny-board.ts";

const folder = mkdtempSync(join(tmpdir(), "komainu-shelf-"));
const boards: TinyBoard[] = [];
afterEach(() => {
  for (const board of boards.splice(0)) board.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function given() {
  const board = new TinyBoard(READY_TEXT, "echo");
  boards.push(board);
  const powered = powerOn({ board: board.path, clock: "virtual", engine: "jit", log: silentLogger(), env: {} });
  powered.machine.hypervisor.guests[0].kick();
  return { machine: powered.machine, shelf: new MachineShelf(new SnapshotStore(folder), powered) };
}

describe("MachineShelf", () => {
  it("takes a running machine back, and another process's machine to the same state", () => {
    const { machine, shelf } = given();
    machine.runSlice(5_000, { skipIdle: true });
    const hash = stateHash(machine);
    expect(shelf.save("here")).toMatchObject({ name: "here", board: "tiny", instructions: machine.instructions() });
    machine.writeGuest(0x100, Uint8Array.of(1));
    machine.runSlice(7_000, { skipIdle: true });
    expect(stateHash(machine)).not.toBe(hash);
    shelf.load("here");
    expect(stateHash(machine)).toBe(hash);
    const other = given();
    other.shelf.load("here");
    expect(stateHash(other.machine)).toBe(hash);
  });

  it("deletes what it has saved, and the machine goes on", () => {
    const { machine, shelf } = given();
    machine.runSlice(5_000, { skipIdle: true });
    shelf.save("gone");
    const hash = stateHash(machine);
    expect(shelf.delete("gone")).toMatchObject({ name: "gone", id: expect.stringMatching(/^[0-9a-f]{12}$/) });
    expect(shelf.list()).toEqual([]);
    expect(() => shelf.load("gone")).toThrow(expect.objectContaining({ code: "snapshot-unknown" }));
    expect(stateHash(machine)).toBe(hash);
  });

  it("leaves the machine as it was when a part refuses its state", () => {
    const { machine, shelf } = given();
    machine.runSlice(5_000, { skipIdle: true });
    const store = new SnapshotStore(folder);
    shelf.save("good");
    const { snapshot } = store.load("good");
    const { machine: saved } = snapshot.state as { machine: { guest: { devices: Record<string, unknown> } } };
    saved.guest.devices.uart0 = { registers: "none" };
    store.save({ name: "bad", board: "tiny", instructions: 1, virtualNs: 1 }, snapshot);
    machine.runSlice(1_000, { skipIdle: true });
    const hash = stateHash(machine);
    expect(() => shelf.load("bad")).toThrow(expect.objectContaining({ exitCode: 2 }));
    expect(stateHash(machine)).toBe(hash);
  });
});
