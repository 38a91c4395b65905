/** A machine as a debugger sees it. */
import { cpuModels } from "../arm/core/index.ts";
import type { Machine } from "../vm/index.ts";
import { Registers } from "./registers.ts";
import type { RunControl } from "./run-control.ts";
import type { Debuggee } from "./session.ts";

export function debuggeeOf(machine: Machine, control: RunControl, kill: () => void): Debuggee {
  return {
    control,
    kill,
    registers: new Registers(() => machine.running?.cpu, cpuModels[machine.profile.cpu.model]),
    memory: {
      translate: (va) => machine.running?.cpu.probe(va),
      read: (physical, target) => machine.running?.bus.read(physical, target) ?? false,
      write: (physical, data) => machine.running?.bus.writeMemory(physical, data) ?? false,
    },
  };
}
