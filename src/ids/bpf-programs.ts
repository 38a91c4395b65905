/** `ids bpf`: the BPF programs that are loaded, which can watch and change much of what a kernel does. */
import type { Kernel } from "../linux/index.ts";
import { findPrograms, hasBpf, loadedPrograms } from "../linux/index.ts";
import type { Check, Observation } from "./check.ts";
import { cannotTell, row } from "./check.ts";

/** `enum bpf_prog_type` (include/uapi/linux/bpf.h), which only grows at its end. */
const TYPES = [
  "unspec",
  "socket_filter",
  "kprobe",
  "sched_cls",
  "sched_act",
  "tracepoint",
  "xdp",
  "perf_event",
  "cgroup_skb",
  "cgroup_sock",
  "lwt_in",
  "lwt_out",
  "lwt_xmit",
  "sock_ops",
  "sk_skb",
  "cgroup_device",
  "sk_msg",
  "raw_tracepoint",
  "cgroup_sock_addr",
  "lwt_seg6local",
  "lirc_mode2",
  "sk_reuseport",
  "flow_dissector",
  "cgroup_sysctl",
  "raw_tracepoint_writable",
  "cgroup_sockopt",
  "tracing",
  "struct_ops",
  "ext",
  "lsm",
  "sk_lookup",
  "syscall",
] as const;

const NOTHING = { id: null, length: null, compiled: null, tag: null, program: null };

function* run(kernel: Kernel): Generator<Observation> {
  if (!hasBpf(kernel)) {
    yield row({ ...NOTHING, type: "this kernel has no system call bpf" });
    return;
  }
  const table = findPrograms(kernel);
  if (!table.known) {
    yield cannotTell(`prog_idr: ${table.reason}`);
    return;
  }
  const programs = loadedPrograms(kernel, table.value, kernel.map.pageOffset);
  if (programs === undefined) {
    yield cannotTell("prog_idr: it is no tree of numbers");
    return;
  }
  for (const { id, type, length, isCompiled, tag, address } of programs) {
    yield row({ id, type: TYPES[type] ?? `type ${type}`, length, compiled: isCompiled, tag, program: address });
  }
}

export const bpfPrograms: Check = {
  id: "bpf",
  title: "BPF programs",
  severity: "info",
  view: "prog_idr, the kernel's table of loaded programs",
  cost: "about 70 loads, and 6 a program",
  needs: ["symbols"],
  columns: [
    { name: "id", heading: "ID", type: "number" },
    { name: "type", heading: "TYPE", type: "text" },
    { name: "length", heading: "LENGTH", type: "number" },
    { name: "compiled", heading: "COMPILED", type: "boolean" },
    { name: "tag", heading: "TAG", type: "text" },
    { name: "program", type: "address" },
  ],
  messages: {},
  run,
};
