/** `thread` and `module`: what the hypervisor itself is made of. */
import { Status } from "../base/index.ts";
import type { CommandFamily } from "../shell/index.ts";
import { columns, decimal, failed, ok, renderFacts, table } from "../shell/index.ts";
import type { ModuleInfo } from "../vm/index.ts";
import { OWN_AUTHOR, OWN_LICENSE } from "../vm/index.ts";
import type { CommandContext } from "./context.ts";
import { form } from "./context.ts";

export const thread: CommandFamily<CommandContext> = {
  name: "thread",
  summary: "list the hypervisor's threads",
  forms: [
    form({
      words: "list",
      run: ({ hv }) =>
        table(
          { columns: columns(["ID", 6], ["Prio", 7], ["State", 10], ["Name", 53]) },
          hv.threads.threads.map(({ id, priority, state, name }) => [id, priority, state, name]),
        ),
    }),
  ],
};

const LABEL_WIDTH = 12;

const COMMAND_PRIORITY = 20;

/** Everything that is built in: the hypervisor's own modules, then the commands. */
const modulesOf = ({ hv, manager }: CommandContext): ModuleInfo[] => {
  const commands = manager.families.map(({ name, summary }) => ({
    name: `command ${name}`,
    description: summary,
    author: OWN_AUTHOR,
    license: OWN_LICENSE,
    priority: COMMAND_PRIORITY,
  }));
  return [...hv.modules.modules, ...commands];
};

const index = {
  ...decimal("index"),
  complete: (context: CommandContext) => modulesOf(context).map((_, i) => String(i)),
};

export const module: CommandFamily<CommandContext> = {
  name: "module",
  summary: "list the modules built into the hypervisor",
  forms: [
    form({
      words: "list",
      run: (context) => {
        const modules = modulesOf(context);
        const style = { columns: columns(["Num", 5], ["Name", 25], ["Author", 25], ["License", 10], ["Type", 11]) };
        const rows = modules.map(({ name, author, license }, i) => [i, name, author, license, "built-in"]);
        return table(style, rows, ` Total ${modules.length} modules\n`);
      },
    }),
    form({
      words: "info",
      args: { index },
      run: (context, args) => {
        const found = modulesOf(context)[args.index];
        if (found === undefined) return failed(Status.fail, "Failed to find module\n");
        const text = renderFacts(
          [
            ["Name", found.name],
            ["Description", found.description],
            ["Author", found.author],
            ["License", found.license],
            ["iPriority", found.priority],
            ["Type", "built-in"],
          ],
          LABEL_WIDTH,
        );
        return ok(text, { ...found });
      },
    }),
    form({
      words: "unload",
      args: { index },
      run: (context, args) =>
        modulesOf(context)[args.index] === undefined
          ? failed(Status.fail, "Failed to find module\n")
          : failed(Status.fail, "Can't unload built-in module\n"),
    }),
  ],
};
