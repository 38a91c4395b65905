/** `stdio` and `chardev`: the console's device, its message level, and the host's character devices. */
import { Status } from "../base/index.ts";
import type { CommandFamily } from "../shell/index.ts";
import { columns, decimal, failed, ok, table, word } from "../shell/index.ts";
import type { CommandContext } from "./context.ts";
import { form } from "./context.ts";

const deviceName = word("chardev", ({ hv }: CommandContext) => hv.characterDevices.map((device) => device.name));
const MAX_LOG_LEVEL = 6;

export const stdio: CommandFamily<CommandContext> = {
  name: "stdio",
  summary: "show or change the console's device and message level",
  forms: [
    form({
      words: "device",
      run: ({ hv }) => ok(`Current Device : ${hv.stdio.device.name}\n`, hv.stdio.device.name),
    }),
    form({
      words: "change_device",
      args: { name: deviceName },
      run: ({ hv }, { name }) => {
        const found = hv.characterDevices.find((device) => device.name === name);
        if (found === undefined) return failed(Status.fail, `Device ${name} not found\n`);
        if (found.name !== hv.stdio.device.name) {
          const text = `Error: expected ${hv.stdio.device.name}, the only device with a line to a terminal, found ${name}\n`;
          return failed(Status.notSupported, text);
        }
        return ok(`New I/O Device: ${name}\n`);
      },
    }),
    form({
      words: "loglevel",
      run: ({ hv }) => ok(`Current Log Level : ${hv.stdio.logLevel}\n`, hv.stdio.logLevel),
    }),
    form({
      words: "change_loglevel",
      args: { level: decimal("loglevel") },
      run: ({ hv }, { level }) => {
        if (level > MAX_LOG_LEVEL) {
          return failed(Status.range, `Error: expected a level from 0 to ${MAX_LOG_LEVEL}, found ${level}\n`);
        }
        hv.stdio.logLevel = level;
        return ok(`New Log Level : ${level}\n`, level);
      },
    }),
  ],
};

export const chardev: CommandFamily<CommandContext> = {
  name: "chardev",
  summary: "list the host's character devices",
  forms: [
    form({
      words: "list",
      run: ({ hv }) =>
        table(
          { columns: columns(["Name", 24], ["Device Path", 53]) },
          hv.characterDevices.map(({ name, path }) => [name, path]),
        ),
    }),
  ],
};
