/** The command part of `docs/console.md`, made of the command declarations alone. */
import { createCommandManager } from "../src/commands/index.ts";
import { argumentUsage, type CommandFamily, formUsage, type ShellContext } from "../src/shell/index.ts";

const BEGIN = "<!-- begin commands: written by tools/write-console-doc.ts -->\n";
const END = "<!-- end commands -->";
/** What needs no explanation beyond the argument's name. */
const PLAIN = new Set(["a word", "text"]);

function argumentLines<C extends ShellContext>(family: CommandFamily<C>): string[] {
  const described = new Map<string, string>();
  for (const [, argument] of family.forms.flatMap(({ args }) => args)) {
    if (!PLAIN.has(argument.expects))
      described.set(argumentUsage({ ...argument, isOptional: false }), argument.expects);
  }
  return [...described].map(([usage, expects]) => `- \`${usage}\`: ${expects}`);
}

function familyText<C extends ShellContext>(family: CommandFamily<C>): string {
  const forms = family.forms.map((form) => formUsage(family.name, form));
  const lines = argumentLines(family);
  return [
    `### ${family.name}`,
    "",
    `${family.summary[0].toUpperCase()}${family.summary.slice(1)}.`,
    "",
    "```text",
    ...forms,
    "```",
    "",
    ...(lines.length === 0 ? [] : [...lines, ""]),
  ].join("\n");
}

/** Every command in the order of `help`. */
export const commandsText = (): string => createCommandManager().families.map(familyText).join("\n");

/** The document with its command part as the declarations have it now; the rest stays as it is. */
export function withCommands(document: string): string {
  const from = document.indexOf(BEGIN);
  const to = document.indexOf(END);
  if (from < 0 || to < from) throw new Error(`expected the marks "${BEGIN.trim()}" and "${END}", found none`);
  return `${document.slice(0, from + BEGIN.length)}\n${commandsText()}\n${document.slice(to)}`;
}
