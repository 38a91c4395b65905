/** What a part of the machine saves: plain data, so that one codec serves snapshots, suspend, migration and replay. */

export type StateValue = null | boolean | number | string | Uint8Array | StateValue[] | { [key: string]: StateValue };
export type State = { [key: string]: StateValue };

/** Every part of the machine keeps this contract. Handles, clocks and callbacks are never in the state. */
export interface Stateful {
  save(): State;
  /** Takes what `save` of the same part gave; throws `HvError` `state-invalid` when it is not that. */
  restore(state: State): void;
}
