/** `ids modules`: the kernel's modules in three views; what only some of them show was hidden. */
import { hex8 } from "../base/index.ts";
import type { CodeMap, Kernel, ModuleRecord } from "../linux/index.ts";
import { carveModule, isCompiledBpf, sysfsModules } from "../linux/index.ts";
import type { Check, Observation } from "./check.ts";
import { cannotTell, finding, passing, row } from "./check.ts";

interface Seen extends ModuleRecord {
  inList: boolean;
  inSysfs: boolean;
  bytes: number;
}

function collect(kernel: Kernel, code: CodeMap): Map<number, Seen> {
  const seen = new Map<number, Seen>();
  const at = (module: ModuleRecord): Seen => {
    const { address } = module;
    const known = seen.get(address) ?? { ...module, inList: false, inSysfs: false, bytes: 0 };
    seen.set(address, known);
    return known;
  };
  for (const module of code.list.modules) at(module).inList = true;
  if (kernel.moduleKset.known) {
    for (const { module } of sysfsModules(kernel, kernel.moduleKset.value)) {
      if (module !== undefined) at(module).inSysfs = true;
    }
  }
  for (const { run, owner } of code.runs) {
    const bytes = run.endAddress - run.startAddress;
    if (owner.kind === "module") at(owner.module).bytes += bytes;
    else if (owner.kind === "unowned") {
      const module = carveModule(kernel.space, run.startAddress, run.endAddress, kernel.map.pageOffset - (16 << 20));
      if (module !== undefined) at(module).bytes += bytes;
    }
  }
  return seen;
}

function judge(module: Seen, hasKset: boolean): Observation[] {
  const { name, address, isLive, inList, inSysfs, bytes } = module;
  const values = { name, list: inList, sysfs: inSysfs, bytes, module: address };
  const data = { name, address: hex8(address) };
  if (!isLive && !(inList && inSysfs)) {
    return [row(values, "changing"), passing(`module ${name}: it is being loaded or removed`)];
  }
  if (!inList) {
    return [row(values, "not in the module list"), finding("hidden", data, { module: address, inSysfs, bytes })];
  }
  if (hasKset && !inSysfs) {
    return [row(values, "not in sysfs"), finding("not-in-sysfs", data, { module: address, bytes })];
  }
  return [row(values)];
}

function* run(kernel: Kernel): Generator<Observation> {
  const code = kernel.codeMap();
  const { damage, inUpdate } = code.list;
  if (inUpdate) yield passing("modules: the kernel was stopped while it changed the list; run again");
  for (const { kind, at, value } of damage) {
    yield finding("list-damaged", { kind, at: hex8(at), value: hex8(value) }, { at, value, kind });
  }
  if (!kernel.moduleKset.known) yield cannotTell(`module_kset: ${kernel.moduleKset.reason}`);
  const seen = collect(kernel, code);
  for (const module of seen.values()) yield* judge(module, kernel.moduleKset.known);
  for (const { run, owner } of code.runs) {
    if (owner.kind !== "unowned") continue;
    const { startAddress, endAddress } = run;
    const isNamed = [...seen.values()].some(({ address }) => address >= startAddress && address < endAddress);
    if (isNamed) continue;
    const bytes = endAddress - startAddress;
    if (isCompiledBpf(kernel.space, run)) {
      yield cannotTell(
        `${bytes} bytes at ${hex8(startAddress)} look like a compiled BPF program, whose list is not read`,
      );
    } else yield finding("unowned-memory", { bytes, address: hex8(startAddress) }, { address: startAddress, bytes });
  }
}

export const modules: Check = {
  id: "modules",
  title: "modules: list, sysfs and mapped memory",
  severity: "critical",
  view: "the list modules, the set module_kset, and the pages that swapper_pg_dir maps in the modules' range",
  cost: "about 4,000 loads, 1,000 more a module",
  needs: ["module-list"],
  columns: [
    { name: "name", heading: "NAME", type: "text" },
    { name: "list", heading: "LIST", type: "boolean" },
    { name: "sysfs", heading: "SYSFS", type: "boolean" },
    { name: "bytes", heading: "MAPPED", type: "number" },
    { name: "module", heading: "ADDRESS", type: "address" },
  ],
  messages: {
    "list-damaged": "the module list has {kind} at {at} (value {value})",
    hidden: "module {name} at {address} is loaded and not in the module list",
    "not-in-sysfs": "module {name} at {address} is in the module list and not in sysfs",
    "unowned-memory": "{bytes} bytes at {address} are mapped where modules are, and belong to none",
  },
  run,
};
