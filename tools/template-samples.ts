/**
 * Writes `src/arm/jit/template-samples.table.ts`: an instruction of each shape that guests execute often, as the template
 * interpreter has code for these. `node tools/template-samples.mjs [--count N] [--board NAME]...` boots both boards, or those
 * named, on the interpreter, does work of many kinds at their shells and keeps the N shapes that were executed most.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Decoder, type Insn, rows } from "../src/arm/decode/index.ts";
import { disassembleBytes } from "../src/arm/disasm/index.ts";
import { shapeKey } from "../src/arm/jit/template-shape.ts";
import { LockstepMachine } from "./lockstep/machine-pair.ts";

const FILE = "src/arm/jit/template-samples.table.ts";
const DEFAULT_COUNT = 900;
const SLICE = 1e6;
/** Longer boots are loops that are compiled anyway. */
const MOST_INSTRUCTIONS = 400e6;
const COMMANDS = [
  "ls -l / /bin | wc",
  "cat /proc/cpuinfo /proc/interrupts /proc/meminfo",
  "ps",
  "i=0; while [ $i -lt 300 ]; do i=$((i+1)); done; echo $i",
  "dd if=/dev/zero bs=16k count=8 2>/dev/null | md5sum",
  "cat /bin/busybox | gzip -1 | gunzip | sha1sum",
  "awk 'BEGIN { for (i = 0; i < 300; i++) s += i * 1.5; print s }'",
  "find / -xdev -type f | sort | tail -3",
  "sleep 1; dmesg | tail -2; uname -a",
];

interface Shape {
  readonly word: number;
  count: number;
  readonly address: number;
}

const shapes = new Map<number, Shape>();

interface Matcher {
  match(candidates: unknown, word: number): Insn<{ readonly s: Int32Array }>;
}

/** Every decoded instruction counts its executions by shape. */
function countShapes(): void {
  const decoder = Decoder.prototype as unknown as Matcher;
  const { match } = decoder;
  decoder.match = function (this: Matcher, candidates, word) {
    const insn = match.call(this, candidates, word);
    const row = rows[insn.row];
    if (row.isThumb) return insn;
    const key = shapeKey(row, word);
    let shape = shapes.get(key);
    if (shape === undefined) {
      shape = { word, count: 0, address: 0 };
      shapes.set(key, shape);
    }
    const counted = shape;
    return {
      ...insn,
      exec: (o, f) => {
        counted.count++;
        insn.exec(o, f);
      },
    };
  };
}

function runBoard(board: string): void {
  const one = new LockstepMachine("interp", { board, tuning: {} });
  const waiting = [...COMMANDS];
  while (one.machine.instructions() < MOST_INSTRUCTIONS || board === "versatilepb") {
    one.machine.runSlice(SLICE, { skipIdle: true });
    if (!one.watch.isMatched) continue;
    const line = waiting.shift();
    if (line === undefined) break;
    one.type(line);
  }
  console.log(`${board}: ${one.machine.instructions()} instructions, ${shapes.size} shapes`);
}

function text(word: number): string {
  const bytes = new Uint8Array(Int32Array.of(word).buffer);
  return disassembleBytes(bytes, 0, { isThumb: false })[0].text;
}

const { values } = parseArgs({ options: { count: { type: "string" }, board: { type: "string", multiple: true } } });
countShapes();
for (const board of values.board ?? ["versatilepb", "raspberrypi"]) runBoard(board);
const all = [...shapes.values()].filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
const total = all.reduce((sum, { count }) => sum + count, 0);
const kept = all.slice(0, Number(values.count ?? DEFAULT_COUNT));
const covered = kept.reduce((sum, { count }) => sum + count, 0);
for (const n of [100, 200, 300, 400, 600, 800, 1200, 2000]) {
  const part = all.slice(0, n).reduce((sum, { count }) => sum + count, 0);
  console.log(`${n} shapes: ${((100 * part) / total).toFixed(3)} %`);
}
const lines = kept
  .map(({ word }) => word >>> 0)
  .sort((a, b) => a - b)
  .map((word) => `  0x${word.toString(16).padStart(8, "0")}, // ${text(word)}`);
writeFileSync(
  join(process.cwd(), FILE),
  `/**
 * An instruction of each shape that the template interpreter has code for: those that Linux and its programs execute most.
 * Any word of a shape stands for all of them. Written by \`node tools/template-samples.mjs\`.
 */
export const templateSamples: readonly number[] = [
${lines.join("\n")}
];
`,
);
console.log(
  `${kept.length} of ${all.length} shapes kept: ${((100 * covered) / total).toFixed(3)} % of what was executed`,
);
