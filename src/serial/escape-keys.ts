/**
 * The keys that speak to the terminal side instead of the guest: Ctrl-T, then a letter, as tio has it.
 * Not Ctrl-A: line editors, ours and the guest shell's, have that for the start of the line.
 */

export const ESCAPE_PREFIX = 0x14;

export type EscapeAction = "quit" | "help";

/** What a key behind the prefix does, and how help names it. */
export type KeyTable<A extends string> = Readonly<Record<string, { readonly action: A; readonly text: string }>>;

export const QUIT_KEYS: KeyTable<EscapeAction> = {
  q: { action: "quit", text: "quits" },
  "?": { action: "help", text: "shows this" },
};

/** `Ctrl-T` for 0x14. */
export const keyName = (code: number): string => `Ctrl-${String.fromCharCode(code + 0x40)}`;

/** All keys on a line. */
export function keyHelp<A extends string>(keys: KeyTable<A>, prefix: number): string {
  const name = keyName(prefix);
  const texts = Object.entries(keys).map(([key, { text }]) => `${name} ${key} ${text}`);
  return `${[...texts.slice(0, -1), `${name} ${name} sends one ${name}`, ...texts.slice(-1)].join(", ")}.`;
}

export const ESCAPE_HELP = keyHelp(QUIT_KEYS, ESCAPE_PREFIX);

/** Takes the escape sequences out of what is typed. A prefix before any other key is dropped together with the key. */
export class EscapeKeys<A extends string = EscapeAction> {
  private readonly keys: KeyTable<A>;
  private readonly prefix: number | undefined;
  private afterPrefix = false;

  /** Without a prefix everything is data. */
  constructor(keys: KeyTable<A>, prefix: number | undefined) {
    this.keys = keys;
    this.prefix = prefix;
  }

  filter(typed: Uint8Array): { data: Uint8Array; actions: A[] } {
    const data: number[] = [];
    const actions: A[] = [];
    for (const byte of typed) {
      if (!this.afterPrefix) {
        if (byte === this.prefix) this.afterPrefix = true;
        else data.push(byte);
        continue;
      }
      this.afterPrefix = false;
      const key = String.fromCharCode(byte);
      if (byte === this.prefix) data.push(byte);
      else if (Object.hasOwn(this.keys, key)) actions.push(this.keys[key].action);
    }
    return { data: Uint8Array.from(data), actions };
  }
}
