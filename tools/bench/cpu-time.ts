/** CPU time of a running process, from `/proc/PID/stat` (proc_pid_stat(5)). */
import { readFileSync } from "node:fs";

/** USER_HZ, which Linux gives to programs as 100 on every machine that Node runs on. */
const TICKS_PER_SECOND = 100;
/** Places of `utime` and `stime` behind the program's name, which is in parentheses and may hold any character. */
const UTIME = 11;
const STIME = 12;

/** User and system seconds of all threads, ended ones too. `undefined`: the text is not of that format. */
export function cpuSecondsOf(stat: string): number | undefined {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[UTIME]) + Number(fields[STIME]);
  return stat.includes(")") && Number.isFinite(ticks) ? ticks / TICKS_PER_SECOND : undefined;
}

/** `undefined` when the process has ended, or this is no Linux. */
export function readCpuSeconds(pid: number): number | undefined {
  try {
    return cpuSecondsOf(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return undefined;
  }
}
