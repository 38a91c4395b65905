/** `vcpu`: list, requests, registers and statistics of VCPUs. */
import { Status } from "../base/index.ts";
import type { CommandFamily, CommandResult } from "../shell/index.ts";
import { columns, decimal, failed, ok, optional, renderFacts, repeated, table, word } from "../shell/index.ts";
import type { RegisterGroup, Vcpu } from "../vm/index.ts";
import { VcpuState } from "../vm/index.ts";
import type { CommandContext } from "./context.ts";
import { form, waitAsleep } from "./context.ts";
import { durationText } from "./units.ts";

const listStyle = {
  columns: columns(["ID", 6], ["Prio", 7], ["State", 10], ["Name", 17], ["Affinity", 34]),
  ruleWidth: 79,
};

const listOf = (vcpus: readonly Vcpu[]): CommandResult =>
  table(
    listStyle,
    vcpus.map((vcpu) => [vcpu.id, vcpu.priority, vcpu.stateName, vcpu.name, "{0}"]),
  );

const vcpuId = {
  ...decimal("vcpu_id"),
  complete: ({ hv }: CommandContext) => hv.scheduler.vcpus.map((vcpu) => String(vcpu.id)),
};

const notFound = (): CommandResult => failed(Status.fail, "Failed to find vcpu\n");

/** Runs `use` on the VCPU of that id. */
const withVcpu = ({ hv }: CommandContext, id: number, use: (vcpu: Vcpu) => CommandResult): CommandResult => {
  const vcpu = hv.scheduler.find(id);
  return vcpu === undefined ? notFound() : use(vcpu);
};

/** The state a request asks for, as its failure text names it. */
const targetState = {
  kick: VcpuState.ready,
  resume: VcpuState.ready,
  pause: VcpuState.paused,
  halt: VcpuState.halted,
  reset: VcpuState.reset,
} as const;
type Verb = keyof typeof targetState;
const pastTense: Record<Verb, string> = {
  kick: "Kicked",
  resume: "Resumed",
  pause: "Paused",
  halt: "Halted",
  reset: "Reset",
};

export const hex = (value: number): string => `0x${value.toString(16)}`;

/** Which VCPU refused a request, from which state. */
export const refusalText = (vcpu: Vcpu, verb: Verb, status: Status): string =>
  `vcpu=${vcpu.name} current_state=${hex(vcpu.state)} to new_state=${hex(targetState[verb])} failed (error ${status})\n`;

function request(vcpu: Vcpu, verb: Verb): CommandResult {
  if (vcpu.isOrphan) {
    return failed(
      Status.access,
      `${vcpu.name}: Failed to ${verb}\nError: expected a guest's VCPU, found a hypervisor thread\n`,
    );
  }
  const status = verb === "resume" ? vcpu.kick() : vcpu[verb]();
  if (status === Status.ok) return ok(`${vcpu.name}: ${pastTense[verb]}\n`);
  return failed(status, `${refusalText(vcpu, verb, status)}${vcpu.name}: Failed to ${verb}\n`);
}

const requestForm = (verb: Verb) =>
  form({
    words: verb,
    args: { id: vcpuId },
    run: (context, { id }) => withVcpu(context, id, (vcpu) => request(vcpu, verb)),
  });

const REGISTERS_PER_LINE = 3;
const REGISTER_NAME_WIDTH = 7;

/** A headed group with three registers a line. */
export function registerText({ title, registers }: RegisterGroup): string {
  let text = `${title}\n`;
  registers.forEach(({ name, value }, i) => {
    const cell = `${name.padStart(REGISTER_NAME_WIDTH)}=0x${(value >>> 0).toString(16).padStart(8, "0")}`;
    const isLast = i % REGISTERS_PER_LINE === REGISTERS_PER_LINE - 1 || i === registers.length - 1;
    text += isLast ? `${cell}\n` : `${cell} `;
  });
  return text;
}

function dumpRegisters({ hv }: CommandContext, vcpu: Vcpu): CommandResult {
  const core = vcpu.isOrphan ? undefined : hv.control.core(vcpu.subid);
  if (core === undefined) {
    return failed(
      Status.notSupported,
      `Error: expected a guest's VCPU, found ${vcpu.name}, a thread without ARM registers\n`,
    );
  }
  const groups = core.registers();
  const data = Object.fromEntries(
    groups.map(({ title, registers }) => [
      title,
      Object.fromEntries(registers.map(({ name, value }) => [name, value >>> 0])),
    ]),
  );
  return ok(groups.map(registerText).join(""), data);
}

function dumpStatistics({ hv }: CommandContext, vcpu: Vcpu): CommandResult {
  const { readyNs, runningNs, pausedNs, haltedNs } = vcpu.times;
  const nowNs = hv.clock.nowNs();
  const width = 17;
  const head = [
    ["Name", vcpu.name],
    ["State", vcpu.stateName],
    ["Priority", vcpu.priority],
  ] as const;
  const times = [
    ["Ready Time", readyNs],
    ["Running Time", runningNs],
    ["Paused Time", pausedNs],
    ["Halted Time", haltedNs],
    ["Total Time", readyNs + runningNs + pausedNs + haltedNs],
    ["System Time", nowNs],
  ] as const;
  const resets = [
    ["Reset Count", vcpu.resetCount],
    ["Last Reset Since", durationText(nowNs - vcpu.lastResetNs)],
  ] as const;
  const timeLines = times.map(([label, ns]): [string, string] => [label, durationText(ns)]);
  const text = [head, timeLines, resets].map((lines) => `${renderFacts(lines, width)}\n`).join("");
  const data = {
    name: vcpu.name,
    state: vcpu.stateName,
    readyNs,
    runningNs,
    pausedNs,
    haltedNs,
    resets: vcpu.resetCount,
  };
  return ok(text, data);
}

const kibibytes = (sizeBytes: number): string => `${Math.floor(sizeBytes / 1024)}KiB`;

/** One screen of `vcpu monitor`. */
function monitorScreen({ hv }: CommandContext): string {
  const { buddy, sizeBytes } = hv.host.virtualPool;
  const { ram } = hv;
  const use = (free: number, total: number): string =>
    `free ${kibibytes(free)}  used ${kibibytes(total - free)}  total ${kibibytes(total)}`;
  const cpu = `CPU0: ${(hv.scheduler.utilization * 100).toFixed(1)}%  \n`;
  const pool = `VAPOOL: ${use(buddy.freeBytes, sizeBytes)}\n`;
  const memory = `RAM: ${use(ram.freeFrames * 4096, ram.totalFrames * 4096)}\n`;
  return `${cpu}${pool}${memory}${listOf(hv.scheduler.vcpus).text}`;
}

const MONITOR_PERIOD_NS = 1e9;

async function monitor(context: CommandContext): Promise<void> {
  const { console, hv } = context;
  if (!console.hasInput) {
    console.write(monitorScreen(context));
    return;
  }
  const isQuit = (): boolean => {
    const byte = console.pollByte();
    return byte === "q".charCodeAt(0) || byte === 0x03;
  };
  do console.write(`\x1b[H\x1b[J${monitorScreen(context)}`);
  while (!(await waitAsleep(context, isQuit, hv.clock.nowNs() + MONITOR_PERIOD_NS)));
}

const onlyCpu0 = (cpus: readonly number[]): CommandResult => {
  const other = cpus.find((cpu) => cpu !== 0);
  return other === undefined
    ? ok()
    : failed(Status.invalid, `Error: expected host CPU 0, the only one, found ${other}\n`);
};

export const vcpu: CommandFamily<CommandContext> = {
  name: "vcpu",
  summary: "list VCPUs, start and stop them, show registers and times",
  forms: [
    form({ words: "list", run: ({ hv }) => listOf(hv.scheduler.vcpus) }),
    form({ words: "orphan_list", run: ({ hv }) => listOf(hv.scheduler.vcpus.filter((v) => v.isOrphan)) }),
    form({ words: "normal_list", run: ({ hv }) => listOf(hv.scheduler.vcpus.filter((v) => !v.isOrphan)) }),
    form({
      words: "monitor",
      args: { device: optional(word("output_chardev_name", ({ hv }: CommandContext) => [hv.stdio.device.name])) },
      run: (context, { device }) => {
        const { name } = context.hv.stdio.device;
        if (device === undefined || device === name) return monitor(context);
        return failed(Status.noDevice, `Error: expected ${name}, the console's device, found ${device}\n`);
      },
    }),
    requestForm("reset"),
    requestForm("kick"),
    requestForm("pause"),
    requestForm("resume"),
    requestForm("halt"),
    form({
      words: "set_hcpu",
      args: { id: vcpuId, cpu: decimal("hcpu") },
      run: (context, { id, cpu }) => withVcpu(context, id, () => onlyCpu0([cpu])),
    }),
    form({
      words: "set_affinity",
      args: { id: vcpuId, cpus: repeated(decimal("hcpu")) },
      run: (context, { id, cpus }) => withVcpu(context, id, () => onlyCpu0(cpus)),
    }),
    form({
      words: "dumpreg",
      args: { id: vcpuId },
      run: (context, { id }) => withVcpu(context, id, (v) => dumpRegisters(context, v)),
    }),
    form({
      words: "dumpstat",
      args: { id: vcpuId },
      run: (context, { id }) => withVcpu(context, id, (v) => dumpStatistics(context, v)),
    }),
  ],
};
