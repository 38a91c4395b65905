/** How damage to one of the kernel's lists is told. */
import { hex8 } from "../base/index.ts";
import type { ListDamage } from "../linux/index.ts";
import type { Observation } from "./check.ts";
import { finding } from "./check.ts";

const DAMAGE: Record<ListDamage["kind"], string> = {
  "wild-pointer": "a link that is no kernel address",
  cycle: "a link back into the list",
  "wrong-back-link": "an element whose prev link is wrong",
  "too-long": "more elements than a kernel can have",
};

/** The message behind `list-damaged`, to be made a check's own with the name of its list. */
export const damageMessage = (list: string): string => `${list} has {what} at {at} (value {value})`;

export const damageFinding = ({ kind, at, value }: ListDamage): Observation =>
  finding("list-damaged", { what: DAMAGE[kind], at: hex8(at), value: hex8(value) }, { at, value, kind });
