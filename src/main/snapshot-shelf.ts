/** The snapshots of one running machine, for the console: it is saved to the store, and brought back from it. */
import type { SnapshotShelf, SnapshotSummary } from "../commands/index.ts";
import { type Machine, restoreSnapshot, takeSnapshot } from "../vm/index.ts";
import type { Driver } from "./drive.ts";
import type { DeletedSnapshot, SnapshotEntry, SnapshotStore } from "./snapshot-store.ts";

const ID_CHARACTERS = 12;

const summary = ({ id, name, board, instructions, virtualNs, pageCount }: SnapshotEntry): SnapshotSummary => ({
  id: id.slice(0, ID_CHARACTERS),
  name,
  board,
  instructions,
  seconds: virtualNs / 1e9,
  pageCount,
});

export class MachineShelf implements SnapshotShelf {
  private readonly machine: Machine;
  private readonly driver: Driver;
  private readonly store: SnapshotStore;

  constructor(store: SnapshotStore, { machine, driver }: { machine: Machine; driver: Driver }) {
    this.store = store;
    this.machine = machine;
    this.driver = driver;
  }

  save(name: string): SnapshotSummary {
    const { machine } = this;
    const virtualNs = machine.timeline.nowNs();
    const named = { name, board: machine.profile.name, instructions: machine.instructions(), virtualNs };
    return summary(this.store.save(named, takeSnapshot(machine)));
  }

  load(nameOrId: string): SnapshotSummary {
    const { entry, snapshot } = this.store.load(nameOrId);
    restoreSnapshot(this.machine, snapshot);
    this.driver.resynchronize();
    return summary(entry);
  }

  delete(nameOrId: string): DeletedSnapshot {
    const { id, ...deleted } = this.store.delete(nameOrId);
    return { id: id.slice(0, ID_CHARACTERS), ...deleted };
  }

  list(): SnapshotSummary[] {
    return this.store.list().map(summary);
  }
}
