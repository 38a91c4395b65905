/** What an op of the compiler returns: a constant, or a local of the function being made. */

export interface Value {
  /** The constant, when there is one. */
  readonly constant: number | undefined;
  /** Index of the local, when it is not constant. */
  readonly local: number;
  /** The value this one is the complement of, while that was not computed: `not` is free before an addition. */
  readonly notOf: Value | undefined;
  /** The register an address was made from, -1 when unknown: accesses by one register tend to stay in one page. */
  readonly base: number;
}

export const constantValue = (constant: number): Value => ({
  constant: constant | 0,
  local: -1,
  notOf: undefined,
  base: -1,
});

export const localValue = (local: number, base = -1): Value => ({ constant: undefined, local, notOf: undefined, base });
