/** What an op of the compiler returns: a constant, or a local of the function being made. */

export interface Value {
  /** The constant, when there is one. */
  readonly constant: number | undefined;
  /** Index of the local, when it is not constant. */
  readonly local: number;
  /** The value this one is the complement of, while that was not computed: `not` is free before an addition. */
  readonly notOf: Value | undefined;
}

export const constantValue = (constant: number): Value => ({
  constant: constant | 0,
  local: -1,
  notOf: undefined,
});

export const localValue = (local: number): Value => ({ constant: undefined, local, notOf: undefined });
