/** The console's loop: prompt, read a line, execute it, again; until the terminal is gone. */

import type { ShellContext } from "./command.ts";
import type { CommandFilter, CommandManager } from "./command-manager.ts";
import { LineEditor } from "./line-editor.ts";

export const PROMPT = "XVisor# ";

export interface PromptOptions<C extends ShellContext> {
  readonly manager: CommandManager<C>;
  readonly context: C;
  readonly prompt?: string;
  readonly filter?: CommandFilter;
  readonly columns?: () => number;
  readonly historyCapacity?: number;
}

/** One console session. */
export class PromptSession<C extends ShellContext> {
  readonly editor: LineEditor;
  private readonly options: PromptOptions<C>;
  private isEditing = false;

  constructor(options: PromptOptions<C>) {
    this.options = options;
    const { manager, context, columns, historyCapacity } = options;
    this.editor = new LineEditor({
      write: (text) => context.console.write(text),
      complete: (line) => manager.complete(context, line),
      columns,
      historyCapacity,
    });
  }

  /** A message of the hypervisor: above the line being edited, or as it comes while a command runs. */
  announce(text: string): void {
    if (this.isEditing) this.editor.announce(text);
    else this.options.context.console.write(text.endsWith("\n") ? text : `${text}\n`);
  }

  /** Runs until the console's input ends. */
  async run(): Promise<void> {
    const { context, manager, filter, prompt = PROMPT } = this.options;
    context.console.write("\n");
    for (;;) {
      const line = await this.readLine(prompt);
      if (line === undefined) return;
      await manager.execute(context, line, { filter });
    }
  }

  /** An empty line after Ctrl-C; `undefined` at the end of input. Ctrl-D on an empty line is ignored, as on a serial console. */
  private async readLine(prompt: string): Promise<string | undefined> {
    this.editor.start(prompt);
    this.isEditing = true;
    for (;;) {
      const byte = await this.options.context.console.readByte();
      const event = byte === undefined ? undefined : this.editor.feed(byte);
      if (byte !== undefined && event === undefined) continue;
      this.isEditing = false;
      if (byte === undefined) return undefined;
      return event?.kind === "line" ? event.text : "";
    }
  }
}
