import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { memoryCases } from "./memory-cases.ts";
import { runProbe } from "./memory-probe.ts";

/** The probe's code, and what QEMU 7.2 (`-M raspi0`) made of every case; see `make-memory-golden.ts`. */
const [code, lines] = readFileSync(join(import.meta.dirname, "memory.golden.txt"), "utf8")
  .trim()
  .split("\n\n");
const golden = lines.split("\n");

describe("accesses through page tables, against qemu-system-arm", () => {
  it("do what they do there", () => {
    const ours = runProbe(Buffer.from(code.replaceAll("\n", ""), "hex"), memoryCases(golden.length));
    expect(ours.length).toBe(golden.length);
    expect(ours.filter((line, index) => line !== golden[index])).toEqual([]);
  });

  it("are of all kinds: done, and aborted in each way", () => {
    const count = (pattern: RegExp) => golden.filter((line) => pattern.test(line)).length;
    const outcomes = [/: [0-9a-f]+, cpsr/, /data abort/, /prefetch abort/, /exception 3/, /physical/, /: abort/];
    for (const outcome of outcomes) expect(count(outcome), outcome.source).toBeGreaterThan(40);
    for (const status of [1, 3, 5, 6, 7, 8, 9, 0xb, 0xd, 0xe, 0xf]) {
      const code = status.toString(16);
      expect(count(new RegExp(`data abort (8?[0-9a-f])?${code} at`)), `status ${code}`).toBeGreaterThan(0);
    }
  });
});
