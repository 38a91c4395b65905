/** `snapshot`: keeps the whole machine by a name and brings it back, time included. */
import { HvError, Status } from "../base/index.ts";
import type { Kernel } from "../linux/index.ts";
import type { CommandFamily } from "../shell/index.ts";
import { columns, failed, ok, table, word } from "../shell/index.ts";
import type { Guest, Hypervisor } from "../vm/index.ts";
import type { CommandContext, SnapshotShelf } from "./context.ts";
import { form } from "./context.ts";
import { kernelOf } from "./guest-kernel.ts";
import { resumeSwitchLog, switchLogOf } from "./ids-sched.ts";
import { resumeWatches, watchedPlaces } from "./ids-watch.ts";

const NAME = /^[\w.-]{1,64}$/;

const shelfOf = ({ snapshots }: CommandContext): SnapshotShelf => {
  if (snapshots === undefined) throw new Error("the form is shown only where there is a store");
  return snapshots;
};
const hasStore = ({ snapshots }: CommandContext): boolean => snapshots !== undefined;
const known = word("name", (context: CommandContext) =>
  shelfOf(context)
    .list()
    .map(({ name }) => name),
);

/** What is watched belongs to this program, not to the machine that is saved. */
function notKept({ hv }: CommandContext): string {
  const kept = hv.guests.flatMap((guest) => [
    ...watchedPlaces(guest).map((place) => `ids watch ${place}`),
    ...(switchLogOf(guest) === undefined ? [] : ["ids sched"]),
  ]);
  return kept.length === 0 ? "" : `not in it: ${kept.join(", ")}\n`;
}

/** What was watched, in the machine that was loaded. */
function goesOn({ hv }: CommandContext): string {
  const lines = hv.guests.flatMap((guest) => {
    const kernel = kernelIn(hv, guest);
    return [...resumeWatches(hv, guest, kernel), ...resumeSwitchLog(hv, guest, kernel)];
  });
  return lines.map((line) => `${line}\n`).join("");
}

function kernelIn(hv: Hypervisor, guest: Guest): Kernel | undefined {
  try {
    return kernelOf(hv, guest);
  } catch (error) {
    if (error instanceof HvError) return undefined;
    throw error;
  }
}

export const snapshot: CommandFamily<CommandContext> = {
  name: "snapshot",
  summary: "save the whole machine, and go back to it",
  forms: [
    form({
      words: "list",
      when: hasStore,
      run: (context) =>
        table(
          { columns: columns(["Name", 20], ["ID", 13], ["Board", 14], ["Seconds", 10], ["Pages", 8]) },
          shelfOf(context)
            .list()
            .map(({ name, id, board, seconds, pageCount }) => [name, id, board, seconds.toFixed(3), pageCount]),
        ),
    }),
    form({
      words: "save",
      args: { name: word("name") },
      when: hasStore,
      run: (context, { name }) => {
        if (!NAME.test(name)) {
          return failed(Status.invalid, `Error: expected a name of letters, digits, _ . and -, found "${name}"\n`);
        }
        const { id, seconds, pageCount } = shelfOf(context).save(name);
        const text = `${name} ${id}: ${pageCount} pages, at ${seconds.toFixed(3)} s\n`;
        return ok(text + notKept(context), { name, id, seconds, pageCount });
      },
    }),
    form({
      words: "load",
      args: { name: known },
      when: hasStore,
      run: (context, { name }) => {
        const { id, seconds } = shelfOf(context).load(name);
        const text = `${name} ${id}: at ${seconds.toFixed(3)} s\n`;
        return ok(text + goesOn(context), { name, id, seconds });
      },
    }),
    form({
      words: "delete",
      args: { name: known },
      when: hasStore,
      run: (context, { name: wanted }) => {
        const { name, id, freedBytes, hasOlder } = shelfOf(context).delete(wanted);
        const older = hasOlder ? `; an older ${name} is left` : "";
        return ok(`${name} ${id}: deleted, ${freedBytes} bytes freed${older}\n`, { name, id, freedBytes, hasOlder });
      },
    }),
  ],
};
