/** What a host chose for an SD card's bus: its width (ACMD6) and the switch functions (CMD6), such as high speed; SD Physical Layer Simplified Specification 3.01, chapter 4.3.10. */
import type { State } from "../base/index.ts";
import { makeSdStatus, makeSwitchStatus, selectFunctions } from "./sd-card-registers.ts";
import { StateReader } from "./state-reader.ts";

const SWITCH_MODE_SET = 0x80000000;
const DEFAULT_FUNCTIONS = [0, 0, 0, 0, 0, 0];
const HIGH_SPEED = 1;
const WIDTH_4 = 2;

export class SdCardFeatures {
  private isWide = false;
  private functions: number[] = [...DEFAULT_FUNCTIONS];

  reset(): void {
    this.isWide = false;
    this.functions = [...DEFAULT_FUNCTIONS];
  }

  get isHighSpeed(): boolean {
    return this.functions[0] === HIGH_SPEED;
  }

  /** ACMD6. */
  setBusWidth(argument: number): void {
    this.isWide = (argument & 3) === WIDTH_4;
  }

  /** CMD6: checks or switches, and answers the status block. */
  switch(argument: number): Uint8Array {
    const { results, isValid } = selectFunctions(argument, this.functions);
    if (isValid && (argument & SWITCH_MODE_SET) !== 0) this.functions = results;
    return makeSwitchStatus(results, isValid);
  }

  /** ACMD13. */
  get sdStatus(): Uint8Array {
    return makeSdStatus(this.isWide);
  }

  save(): State {
    return { isWide: this.isWide, functions: [...this.functions] };
  }

  restore(state: State, device: string): void {
    const reader = new StateReader(state, `${device}.features`);
    this.isWide = reader.boolean("isWide");
    const functions = reader.numbers("functions", DEFAULT_FUNCTIONS.length, 0, 0xf);
    this.functions = DEFAULT_FUNCTIONS.map((none, group) => functions[group] ?? none);
  }
}
