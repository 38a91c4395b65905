/**
 * What was learned of a guest kernel: a value with its evidence, or the reason why it cannot be told.
 *
 * Nothing in this folder guesses: an unproved fact stays unknown, and whoever needs it says so.
 */

/** `proved`: exactly one answer satisfies invariants that a wrong one would break; `likely`: one source, not confirmed. */
export type Confidence = "proved" | "likely";

export interface KnownFact<T> {
  readonly known: true;
  readonly value: T;
  readonly confidence: Confidence;
  /** How it was learned, in one sentence. */
  readonly evidence: string;
}

export interface UnknownFact {
  readonly known: false;
  readonly reason: string;
  /** This kernel does without: it keeps the same thing otherwise, and what it has instead was learned. */
  readonly isAbsent?: true;
}

export type Fact<T> = KnownFact<T> | UnknownFact;

export const proved = <T>(value: T, evidence: string): KnownFact<T> => ({
  known: true,
  value,
  confidence: "proved",
  evidence,
});

export const likely = <T>(value: T, evidence: string): KnownFact<T> => ({
  known: true,
  value,
  confidence: "likely",
  evidence,
});

export const unknown = (reason: string): UnknownFact => ({ known: false, reason });

/** Of what another version of the kernel has; nobody misses it, and it is not looked for again. */
export const absent = (reason: string): UnknownFact => ({ known: false, reason, isAbsent: true });
