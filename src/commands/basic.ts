/** `help`, `version`, `reset`, `shutdown`, `echo`, `sleep`. */
import { Status } from "../base/index.ts";
import type { CommandFamily } from "../shell/index.ts";
import { decimal, failed, number, ok, optional, repeated, usageText, word } from "../shell/index.ts";
import type { CommandContext } from "./context.ts";
import { form, waitAsleep } from "./context.ts";

const NAME_WIDTH = 12;

const summaryLine = ({ name, summary }: CommandFamily<CommandContext>): string =>
  `${name.padEnd(NAME_WIDTH)} - ${summary}\n`;

const commandName = word("cmd_name", (context: CommandContext) => context.manager.families.map((f) => f.name));

export const help: CommandFamily<CommandContext> = {
  name: "help",
  summary: "list all commands, or show how to use some",
  isUsageInline: true,
  hasNoHelpForm: true,
  forms: [
    form({
      run: ({ manager }) =>
        ok(
          manager.families.map(summaryLine).join(""),
          manager.families.map(({ name, summary }) => ({ name, summary })),
        ),
    }),
    form({
      args: { names: repeated(commandName) },
      run: (context, { names }) => {
        let text = "";
        for (const name of names) {
          const family = context.manager.find(name);
          if (family === undefined) return failed(Status.notAvailable, `${text}Cannot find command ${name}\n`);
          text += `${summaryLine(family)}${usageText(family, context)}\n`;
        }
        return ok(text);
      },
    }),
  ],
};

export const version: CommandFamily<CommandContext> = {
  name: "version",
  summary: "show the version of the hypervisor",
  isUsageInline: true,
  forms: [
    form({
      run: ({ hv }) => {
        const { name, version: number, date } = hv.version;
        return ok(`${name} v${number} (${date})\n`, { name, version: number, date });
      },
    }),
  ],
};

export const reset: CommandFamily<CommandContext> = {
  name: "reset",
  summary: "reset the board, and with it every guest",
  isUsageInline: true,
  forms: [
    form({
      run: ({ hv, console }) => {
        console.write("Stopping Hypervisor Timer\nIssuing System Reset\n");
        hv.control.resetHost();
      },
    }),
  ],
};

export const shutdown: CommandFamily<CommandContext> = {
  name: "shutdown",
  summary: "power the board off",
  isUsageInline: true,
  forms: [
    form({
      run: ({ hv, console }) => {
        console.write("Stopping Hypervisor Timer\nIssuing System Shutdown\n");
        hv.control.shutdownHost();
      },
    }),
  ],
};

export const echo: CommandFamily<CommandContext> = {
  name: "echo",
  summary: "print words; with -e first, without a line end",
  isUsageInline: true,
  hasNoHelpForm: true,
  forms: [
    form({
      args: { message: optional(repeated(word("message"))) },
      run: (_, { message = [] }) => {
        const isOpen = message[0] === "-e";
        const words = isOpen ? message.slice(1) : message;
        return ok(`${words.map((text) => `${text} `).join("")}${isOpen ? "" : "\n"}`, words.join(" "));
      },
    }),
  ],
};

const units = { secs: 1e9, msecs: 1e6, usecs: 1e3 } as const;

/** True when the user interrupted the wait. */
async function pause(context: CommandContext, durationNs: number): Promise<boolean> {
  const deadlineNs = context.hv.clock.nowNs() + durationNs;
  return waitAsleep(context, () => context.console.takeInterrupt(), deadlineNs);
}

const sleepForm = (unit: keyof typeof units) =>
  form({
    words: unit,
    args: { duration: number("duration") },
    run: async (context, { duration }) => {
      if (await pause(context, duration * units[unit])) return failed(Status.again, "Interrupted\n");
      return ok();
    },
  });

const sleepTestForm = (unit: keyof typeof units) =>
  form({
    words: `test_${unit}`,
    args: { iterations: decimal("iterations"), duration: number("duration") },
    run: async (context, { iterations, duration }) => {
      const { console, hv } = context;
      let totalNs = 0;
      for (let i = 0; i < iterations; i++) {
        const startNs = hv.clock.nowNs();
        if (await pause(context, duration * units[unit])) return failed(Status.again, "Interrupted\n");
        const deltaNs = Math.round(hv.clock.nowNs() - startNs);
        totalNs += deltaNs;
        console.write(`iter=${i} delta ${deltaNs} nanoseconds\n`);
      }
      if (iterations === 0) return ok();
      const averageNs = Math.floor(totalNs / iterations);
      return ok(`average delta ${averageNs} nanoseconds\n`, { averageNs });
    },
  });

export const sleep: CommandFamily<CommandContext> = {
  name: "sleep",
  summary: "wait for some virtual time",
  forms: [
    sleepForm("secs"),
    sleepForm("msecs"),
    sleepForm("usecs"),
    sleepTestForm("secs"),
    sleepTestForm("msecs"),
    sleepTestForm("usecs"),
  ],
};
