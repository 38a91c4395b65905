/** Runs oracle cases on the interpreter. */
import { type CpuModel, cpuModels, Mode } from "../../../src/arm/core/index.ts";
import { Interpreter } from "../../../src/arm/interp/index.ts";
import { GuestBus, HostMemory, PageTraps } from "../../../src/memory/index.ts";
import type { OracleCase, Outcome } from "./oracle-cases.ts";
import { DATA_ADDRESS, DATA_WORDS, dataWord, isV6, PROBE_ADDRESS } from "./oracle-cases.ts";

const AREA_BYTES = 0x10000;

type Probe = (given: OracleCase) => Outcome;

/** Runs a case on the processor that it is for. */
export function makeProbe(): Probe {
  const [v5, v6] = ["arm926ej-s", "arm1176jzf-s"].map((name) => makeProbeOf(cpuModels[name]));
  return (given) => (isV6(given.row) ? v6 : v5)(given);
}

/** A machine with a data area and a code area, in user mode with the MMU off. */
function makeProbeOf(model: CpuModel): Probe {
  const host = new HostMemory(2 * AREA_BYTES);
  const traps = new PageTraps(host.u8.length);
  const areas = [DATA_ADDRESS, PROBE_ADDRESS & ~0xffff].map((guestAddress, index) => ({
    kind: "ram" as const,
    name: `area${index}`,
    guestAddress,
    sizeBytes: AREA_BYTES,
    hostAddress: index * AREA_BYTES,
  }));
  const bus = new GuestBus(host, traps, areas);
  const core = new Interpreter(bus, model);
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  const data = new Uint8Array(DATA_WORDS * 4);
  const dataView = new DataView(data.buffer);
  for (let index = 0; index < DATA_WORDS; index++) dataView.setInt32(4 * index, dataWord(index), true);

  const hashData = () => {
    let hash = 0x811c9dc5;
    for (let index = 0; index < DATA_WORDS; index++) {
      hash = Math.imul(hash ^ (bus.readU32(DATA_ADDRESS + 4 * index) ?? 0), 0x01000193);
    }
    return hash >>> 0;
  };

  return (given) => {
    core.reset();
    bus.writeMemory(DATA_ADDRESS, data);
    view.setUint32(0, given.row.isThumb ? given.word | 0x46c00000 : given.word, true);
    bus.writeMemory(PROBE_ADDRESS, bytes);
    core.state.setCpsr(given.flags | (given.row.isThumb ? 0x20 : 0) | Mode.usr);
    core.state.words.set(given.registers);
    core.pc = PROBE_ADDRESS;
    core.resynchronize();
    const before = core.exceptionCounts.undefined;
    core.run(core.instructions() + 1);
    return {
      isUndefined: core.exceptionCounts.undefined !== before,
      flags: (core.state.cpsr() & 0xf80f0000) >>> 0,
      registers: Array.from(core.state.words.subarray(0, 15)),
      dataHash: hashData(),
    };
  };
}
