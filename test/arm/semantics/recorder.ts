/** An `Ops<V>` that computes nothing: it writes down what the semantic asked for. */
import type { Ops } from "../../../src/arm/semantics/index.ts";

/** Ops that change something outside the ops object, in contrast to those that only make a value. */
const effects = new Set<string>(
  (
    [
      "writeReg",
      "writeRegUser",
      "branch",
      "branchExchange",
      "setNZ",
      "setNZ64",
      "setNZC",
      "setNZCV",
      "setFlagsFromBits",
      "setFlagsGE",
      "setQUnlessZero",
      "writeCpsr",
      "writeSpsr",
      "exceptionReturn",
      "changeMasks",
      "setEndianness",
      "writeBankedStackPointer",
      "requirePrivilege",
      "requireExceptionMode",
      "returnTo",
      "load8",
      "load16",
      "load32",
      "load8User",
      "load32User",
      "store8",
      "store16",
      "store32",
      "store8User",
      "store32User",
      "openBlock",
      "blockLoad",
      "blockStore",
      "requireAlignment",
      "setExclusive",
      "clearExclusive",
      "storeExclusive",
      "readCoprocessor",
      "writeCoprocessor",
      "requireVfp",
      "writeVfpWord",
      "vfpCompute",
      "vfpConvert",
      "vfpCompare",
      "readVfpSystem",
      "writeVfpSystem",
      "raiseUndefined",
      "raiseSupervisorCall",
      "raiseBreakpoint",
      "aborted",
    ] satisfies (keyof Ops<unknown>)[]
  ).map(String),
);

/** Second results, which are read as properties. */
const properties = new Set(["carryOut", "overflowOut", "shifterCarry", "high"]);

export interface Recorder<V> {
  ops: Ops<V>;
  /** Effects in order, as `name(arguments)`. */
  effects: string[];
  /** Every call in order, as its name. */
  calls: string[];
}

/**
 * @param makeValue the value that an op gives, from its text
 * @param abortAt the first, second, ... `aborted()` that says true; none when 0
 */
export function makeRecorder<V>(makeValue: (text: string) => V, abortAt = 0): Recorder<V> {
  const recorder = { effects: [] as string[], calls: [] as string[] };
  let abortsAsked = 0;
  const call = (name: string, given: unknown[]) => {
    const text = `${name}(${given.map(String).join(", ")})`;
    recorder.calls.push(name);
    if (name === "vfpWordSwap") return 0;
    if (name === "aborted") {
      abortsAsked += 1;
      return abortsAsked === abortAt;
    }
    if (effects.has(name)) recorder.effects.push(text);
    return makeValue(text);
  };
  const ops = new Proxy(
    {},
    {
      get: (_target, name) =>
        properties.has(String(name)) ? makeValue(String(name)) : (...given: unknown[]) => call(String(name), given),
    },
  );
  return { ...recorder, ops: ops as Ops<V> };
}
