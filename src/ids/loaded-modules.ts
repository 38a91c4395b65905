/** `ids lsmod`: the modules that the kernel's own list has, as /proc/modules shows them. */
import type { Kernel, LoadedModule } from "../linux/index.ts";
import type { Check, Observation } from "./check.ts";
import { cannotTell, passing, row } from "./check.ts";
import { damageFinding, damageMessage } from "./list-damage.ts";

/** Known when a module is there to learn them from. */
const OF_MODULE = [
  "module.name",
  "module.core_layout.base",
  "module.core_layout.size",
  "module.mem",
  "module.refcnt",
  "module.source_list",
] as const;

const valuesOf = (module: LoadedModule): Record<string, string | number | null> => ({
  name: module.name ?? null,
  size: module.sizeBytes ?? null,
  refcount: module.refcount ?? null,
  usedBy: module.users?.join(",") ?? null,
  state: module.state ?? null,
  base: module.base ?? null,
  module: module.address,
});

function* run(kernel: Kernel): Generator<Observation> {
  const { objects, damage, inUpdate } = kernel.walkModules();
  if (inUpdate) yield passing("modules: the kernel was stopped while it changed the list; run again");
  for (const found of damage) yield damageFinding(found);
  // A module that is being unloaded or not yet formed is in the list, but not in /proc/modules.
  for (const module of objects) if (module.state !== "unformed") yield row(valuesOf(module));
  if (objects.length === 0) return;
  for (const name of OF_MODULE) {
    const fact = kernel.field(name);
    if (!fact.known && fact.isAbsent !== true) yield cannotTell(`${name}: ${fact.reason}`);
  }
}

export const loadedModules: Check = {
  id: "lsmod",
  title: "loaded modules",
  severity: "high",
  view: "the ring of module.list from the variable modules, newest first",
  cost: "about 15 loads a module and 4 a user of it",
  needs: ["modules"],
  columns: [
    { name: "name", heading: "Module", type: "text" },
    { name: "size", heading: "Size", type: "number" },
    { name: "refcount", heading: "Used", type: "number" },
    { name: "usedBy", heading: "By", type: "text" },
    { name: "state", heading: "State", type: "text" },
    { name: "base", heading: "Address", type: "address" },
    { name: "module", type: "address" },
  ],
  messages: { "list-damaged": damageMessage("the list of modules") },
  run,
};
