/**
 * Lets a guest work for an hour of its time and watches the resident size of this process:
 * `node tools/soak.mjs [--board NAME] [--seconds N] [--engine NAME]`.
 *
 * Exit code 0: at the end the size is at most the board's RAM and 250 MB more, and it grew by less than a tenth since the
 * first half, in which the compiler's memory fills up; 1: not so.
 */
import { parseArgs } from "node:util";
import { JitCpu } from "../src/arm/jit/index.ts";
import { parseEngine } from "../src/main/options.ts";
import { LockstepMachine } from "./lockstep/machine-pair.ts";

/** One after the other; each is another program, or much work of one. */
const WORK = [
  "ls -lR /bin /etc /proc/1 | md5sum",
  "cat /bin/busybox | gzip -1 | gunzip | sha1sum",
  "i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done",
  "awk 'BEGIN { for (i = 0; i < 20000; i++) s += i * 1.5; print s }'",
  "find / -xdev | sort -r | tail -3",
  "for i in 1 2 3 4 5 6 7 8; do sh -c 'ps | wc -l'; done",
  "dd if=/dev/urandom bs=4k count=64 2>/dev/null | od -x | md5sum",
  "seq 1 5000 | sed 's/1/2/g' | grep -c 2",
  "sh -c 'kill -SEGV $$'; cat /proc/interrupts /proc/meminfo | wc",
];
const PAUSE_SECONDS = 10;
const MEBIBYTE = 2 ** 20;
const ALLOWED_BYTES = 250e6;
const ALLOWED_GROWTH = 1.1;

const { values } = parseArgs({
  options: {
    board: { type: "string", default: "versatilepb" },
    seconds: { type: "string", default: "3600" },
    engine: { type: "string", default: "jit" },
  },
});
const seconds = Number(values.seconds);
const guest = new LockstepMachine(parseEngine(values.engine), { board: values.board, tuning: {} });
const { machine } = guest;
const sizes: number[] = [];

function report(sizeBytes: number): void {
  const { cpu } = machine.running ?? {};
  const counts = cpu instanceof JitCpu ? cpu.counts : undefined;
  const compiled =
    counts === undefined ? "" : `, ${counts.regions} regions compiled, ${counts.flushes} times all forgotten`;
  const virtual = (machine.timeline.nowNs() / 1e9).toFixed(0);
  console.log(
    `${virtual} s, ${(machine.instructions() / 1e9).toFixed(2)} G instructions: ${(sizeBytes / MEBIBYTE).toFixed(0)} MiB${compiled}`,
  );
}

for (let round = 0; machine.timeline.nowNs() < seconds * 1e9; ) {
  machine.runSlice(2_000_000, { skipIdle: true });
  if (!guest.watch.isMatched) continue;
  const sizeBytes = process.memoryUsage().rss;
  sizes.push(sizeBytes);
  if (round % (WORK.length * 4) === 0) report(sizeBytes);
  guest.type(`${WORK[round++ % WORK.length]}; sleep ${PAUSE_SECONDS}`);
}
const last = Math.max(...sizes.slice(-WORK.length));
const firstHalf = Math.max(...sizes.slice(0, Math.ceil(sizes.length / 2)));
report(last);
const limit = machine.host.ramSizeBytes + ALLOWED_BYTES;
const isSmall = last <= limit;
const isFlat = last <= firstHalf * ALLOWED_GROWTH;
console.log(
  `at most ${(limit / MEBIBYTE).toFixed(0)} MiB: ${isSmall}; no more than a tenth above the first half: ${isFlat}`,
);
process.exitCode = isSmall && isFlat ? 0 : 1;
