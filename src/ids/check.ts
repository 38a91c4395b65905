/**
 * The shape of a check: one file, data plus a generator, that tells *clean* from *finding* from *cannot tell*.
 *
 * A check names the facts it needs; when one is not proved for this kernel the check does not run and says which.
 */
import type { FieldName, Kernel } from "../linux/index.ts";

export type Severity = "info" | "low" | "medium" | "high" | "critical";

/** What a check needs to know of the kernel before it can say anything. */
export type Need = "banner" | "symbols" | "text-range" | "syscall-table" | "boot-image" | "module-list" | FieldName;

/** `address` prints as eight hexadecimal digits. */
export type ColumnType = "address" | "number" | "text" | "boolean";

export interface Column {
  /** Key in a row and in JSON. */
  readonly name: string;
  /** Heading; columns without one are left out of the text and appear in JSON only. */
  readonly heading?: string;
  readonly type: ColumnType;
  /** Only when details are asked for (`-l`). */
  readonly isDetail?: boolean;
  /** Only when a row has it. */
  readonly isOptional?: boolean;
}

export type Value = string | number | boolean | null;

export interface Row {
  readonly values: Readonly<Record<string, Value>>;
  /** Why the row is suspect, shown behind it. */
  readonly mark?: string;
}

export interface Finding {
  readonly messageId: string;
  /** Fills the `{placeholders}` of the message. */
  readonly data: Readonly<Record<string, Value>>;
  /** Addresses and values that show it. */
  readonly evidence: Readonly<Record<string, Value>>;
}

/** What `run` yields, in any order and number. */
export type Observation =
  | { readonly kind: "row"; readonly row: Row }
  | { readonly kind: "finding"; readonly finding: Finding }
  /** `isPassing`: the guest was in the middle of a change, and a moment later it can be told. */
  | { readonly kind: "cannot-tell"; readonly reason: string; readonly isPassing?: true };

/** What was asked for beside the check's name. */
export interface CheckRequest {
  /** Details too (`-l`). */
  readonly isLong: boolean;
  /** This process only. */
  readonly pid?: number;
}

export const PLAIN_REQUEST: CheckRequest = { isLong: false };

export interface Check {
  /** The word behind `ids` on the console. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** The view the rows come from, in one sentence. */
  readonly view: string;
  /** What it reads, in the order of translated loads: `about 20 loads a process`. */
  readonly cost?: string;
  readonly needs: readonly Need[];
  /** What only some columns are made of: when one is not known, they are empty and the report says so. */
  readonly wants?: readonly FieldName[];
  /** As `wants`, for details. */
  readonly detailWants?: readonly FieldName[];
  /** Whether it can look at one process, or only at one. */
  readonly ofProcess?: "optional" | "required";
  readonly columns: readonly Column[];
  /** Text of each finding, with `{placeholders}`. */
  readonly messages: Readonly<Record<string, string>>;
  run(kernel: Kernel, request: CheckRequest): Generator<Observation>;
}

export const row = (values: Row["values"], mark?: string): Observation => ({
  kind: "row",
  row: mark === undefined ? { values } : { values, mark },
});

export const finding = (messageId: string, data: Finding["data"], evidence: Finding["evidence"]): Observation => ({
  kind: "finding",
  finding: { messageId, data, evidence },
});

export const cannotTell = (reason: string): Observation => ({ kind: "cannot-tell", reason });

/** The guest was stopped in the middle of a change of what the check reads. */
export const passing = (reason: string): Observation => ({ kind: "cannot-tell", reason, isPassing: true });
