/**
 * The keys that speak to the terminal side instead of the guest: Ctrl-T, then a letter, as tio has it.
 * Not Ctrl-A: line editors, ours and the guest shell's, have that for the start of the line.
 */

export const ESCAPE_PREFIX = 0x14;

export type EscapeAction = "quit" | "help";

const ACTIONS = new Map<number, EscapeAction>([
  ["q".charCodeAt(0), "quit"],
  ["?".charCodeAt(0), "help"],
  ["h".charCodeAt(0), "help"],
]);

export const ESCAPE_HELP = "Ctrl-T q quits, Ctrl-T Ctrl-T sends one Ctrl-T, Ctrl-T ? shows this.";

/** Takes the escape sequences out of what is typed. A prefix before any other key is dropped together with the key. */
export class EscapeKeys {
  private afterPrefix = false;

  filter(typed: Uint8Array): { data: Uint8Array; actions: EscapeAction[] } {
    const data: number[] = [];
    const actions: EscapeAction[] = [];
    for (const byte of typed) {
      if (!this.afterPrefix) {
        if (byte === ESCAPE_PREFIX) this.afterPrefix = true;
        else data.push(byte);
        continue;
      }
      this.afterPrefix = false;
      const action = ACTIONS.get(byte);
      if (byte === ESCAPE_PREFIX) data.push(byte);
      else if (action !== undefined) actions.push(action);
    }
    return { data: Uint8Array.from(data), actions };
  }
}
