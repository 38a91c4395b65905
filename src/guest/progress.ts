/** The steps in which a guest is made, what is told about them while they run, and the text that a terminal shows. */

const BUILD_STEPS = [
  ["tools", "look for the tools"],
  ["packages", "get busybox and take the inputs' hashes"],
  ["unpack", "unpack the kernel's source"],
  ["configure", "configure the kernel"],
  ["compile", "compile the kernel"],
  ["save", "write the root file system and save the guest"],
] as const;

export type StepName = (typeof BUILD_STEPS)[number][0] | "download" | "image" | "install";
export type StepTable = readonly (readonly [name: StepName, message: string])[];

/** The steps of a guest that is fetched. */
export const FETCH_STEPS: StepTable = [
  ["tools", "look for the tools"],
  ["packages", "get the kernel's package and busybox"],
  ["unpack", "unpack the kernel's package"],
  ["save", "write the root file system and save the guest"],
];

/** The steps of a root file system. */
export const ROOTFS_STEPS: StepTable = [
  ["tools", "look for the tools"],
  ["download", "get the packages"],
  ["unpack", "unpack the packages"],
  ["image", "make the file system"],
  ["install", "install the packages in the guest"],
  ["save", "check and save the file system"],
];

export interface ProgressEvent {
  step: StepName;
  /** 1 to `count`. */
  index: number;
  count: number;
  message: string;
  /** 0 when the step begins, 1 when it is done, between them where it is known. */
  fraction: number;
  /** Of the whole step, on this machine; told when the step begins and is long. */
  expectedSeconds?: number;
}

export type OnProgress = (event: ProgressEvent) => void;

/** Runs steps, tells about them, and measures them when it is given a clock. */
export class Steps {
  readonly durationsMs: Record<string, number> = {};
  current: StepName = "tools";
  private readonly onProgress: OnProgress | undefined;
  private readonly nowMs: (() => number) | undefined;
  private readonly table: StepTable;

  constructor(onProgress?: OnProgress, nowMs?: () => number, table: StepTable = BUILD_STEPS) {
    this.onProgress = onProgress;
    this.nowMs = nowMs;
    this.table = table;
  }

  async run<T>(
    step: StepName,
    work: (onFraction: (fraction: number) => void) => Promise<T>,
    facts: { expectedSeconds?: number } = {},
  ): Promise<T> {
    const { table } = this;
    const index = table.findIndex(([name]) => name === step) + 1;
    const base = { step, index, count: table.length, message: table[index - 1][1] };
    this.current = step;
    this.onProgress?.({ ...base, ...facts, fraction: 0 });
    const startMs = this.nowMs?.() ?? 0;
    const result = await work((fraction) => this.onProgress?.({ ...base, fraction: Math.min(fraction, 1) }));
    if (this.nowMs !== undefined) this.durationsMs[step] = Math.round(this.nowMs() - startMs);
    this.onProgress?.({ ...base, fraction: 1 });
    return result;
  }
}

/** `about 3 minutes`, `about 40 seconds`. */
export function expectedText(seconds: number): string {
  if (seconds < 90) return `about ${Math.max(10, Math.round(seconds / 10) * 10)} seconds`;
  return `about ${Math.round(seconds / 60)} minutes`;
}

export interface ProgressTextOptions {
  write: (text: string) => void;
  /** A terminal gets one line per step that counts up; a log gets a line at every tenth. */
  isTerminal: boolean;
}

/** Progress events as text, for standard error. */
export function progressText({ write, isTerminal }: ProgressTextOptions): OnProgress {
  let shown = "";
  return ({ index, count, message, fraction, expectedSeconds }) => {
    const head = `[${index}/${count}] ${message}`;
    if (fraction === 0) {
      shown = "";
      const length = expectedSeconds === undefined ? "" : ` (${expectedText(expectedSeconds)})`;
      write(`${head}${length}${isTerminal ? "" : "\n"}`);
      return;
    }
    const percent = Math.floor(fraction * 100);
    const step = `${isTerminal ? percent : percent - (percent % 10)}%`;
    if (fraction === 1) {
      if (isTerminal) write(`\r\x1b[K${head}: done\n`);
    } else if (step !== shown && step !== "0%") {
      write(isTerminal ? `\r\x1b[K${head}: ${step}` : `${head}: ${step}\n`);
    }
    shown = step;
  };
}
