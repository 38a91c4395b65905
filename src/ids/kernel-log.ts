/** `ids dmesg`: the kernel's log from its own buffer, whatever the guest prints of it. */
import type { Kernel } from "../linux/index.ts";
import type { Check, Observation } from "./check.ts";
import { cannotTell, finding, row } from "./check.ts";

const SECONDS_WIDTH = 12;

function* run(kernel: Kernel): Generator<Observation> {
  const log = kernel.walkLog();
  if (log === undefined) {
    const fact = kernel.field("printk_ringbuffer");
    yield cannotTell(`printk_ringbuffer: ${fact.known ? "its buffer is not mapped" : fact.reason}`);
    return;
  }
  for (const { seconds, level, facility, text } of log.records) {
    // dmesg repeats the time before each line of a record.
    for (const line of text.split("\n")) {
      const shown = `[${seconds.toFixed(6).padStart(SECONDS_WIDTH)}] ${line}`;
      yield row({ line: shown, seconds, level, facility, text: line });
    }
  }
  if (log.damage !== undefined) yield finding("damaged", { what: log.damage }, { records: log.records.length });
}

export const kernelLog: Check = {
  id: "dmesg",
  title: "kernel log",
  severity: "medium",
  view: "the printk ring (Linux 5.10 on) or log_buf, every record that is committed",
  cost: "about 12 loads a record",
  needs: [],
  columns: [
    { name: "line", heading: "", type: "text" },
    { name: "seconds", type: "number" },
    { name: "level", type: "number" },
    { name: "facility", type: "number" },
    { name: "text", type: "text" },
  ],
  messages: { damaged: "the log has {what}" },
  run,
};
