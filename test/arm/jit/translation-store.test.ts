import { describe, expect, it } from "vitest";
import { R15, REMAINING } from "../../../src/arm/core/index.ts";
import { Interpreter } from "../../../src/arm/interp/index.ts";
import { JitCpu, TranslationStore } from "../../../src/arm/jit/index.ts";
import { Exit } from "../../../src/arm/jit/locals.table.ts";
import { RAM_OFFSET } from "../../../src/memory/index.ts";
import { CODE, type GivenCpu, givenCpu } from "../given-cpu.ts";

// 0: mov r0, #0; 4: add r0, r0, #1; 8: cmp r0, #200; c: bne 4; 10: b 0
const COUNTER = [0xe3a00000, 0xe2800001, 0xe35000c8, 0x1afffffc, 0xeafffffa];
const STEPS = 5_000;
const TUNING = { hotEntries: 20, moduleFunctions: 1 };

/** A core that runs the code for a while, with the store. */
function run(store: TranslationStore | undefined, code = COUNTER, tuning = TUNING): { given: GivenCpu; core: JitCpu } {
  const given = givenCpu({
    code,
    makeCore: (bus, model) => new JitCpu(bus, model, { tuning, translations: store }),
  });
  given.run(STEPS);
  if (!(given.core instanceof JitCpu)) throw new Error("the core compiles");
  return { given, core: given.core };
}

function stateOf(given: GivenCpu): number[] {
  const words = Array.from(given.words);
  words[R15] = 0;
  words[REMAINING] = 0;
  return words;
}

function interpreted(code = COUNTER): number[] {
  const given = givenCpu({ code, makeCore: (bus, model) => new Interpreter(bus, model) });
  given.run(STEPS);
  return stateOf(given);
}

/** What a run with an empty store leaves, as it comes back from a file. */
function filled(): TranslationStore {
  const store = new TranslationStore();
  run(store);
  const read = TranslationStore.decode(store.encode());
  if (read === undefined) throw new Error("what was written can be read");
  expect(read.regions).toEqual(store.regions);
  return read;
}

/** A core that compiles nothing by itself. */
const NEVER = { ...TUNING, hotEntries: 60_000 };

describe("regions of an earlier run", () => {
  it("are entered at once, and end in the state of the interpreter", () => {
    const store = filled();
    expect(store.regions.length).toBeGreaterThan(0);
    const { given, core } = run(store, COUNTER, NEVER);
    expect(core.counts).toMatchObject({ regions: 0 });
    expect(core.counts.adopted).toBeGreaterThan(0);
    expect(stateOf(given)).toEqual(interpreted());
  });

  it("are left alone where memory has other instructions", () => {
    const code = [...COUNTER];
    code[2] = 0xe3500064; // cmp r0, #100
    const { given, core } = run(filled(), code, NEVER);
    expect(core.counts.adopted).toBe(0);
    expect(stateOf(given)).toEqual(interpreted(code));
  });

  it("are forgotten when a store changes an instruction that was never interpreted in this run", () => {
    const { given, core } = run(filled(), COUNTER, NEVER);
    expect(core.counts.adopted).toBeGreaterThan(0);
    const changed = givenCpu({ code: COUNTER, makeCore: (bus, model) => new Interpreter(bus, model) });
    changed.run(STEPS);
    for (const { bus } of [given, changed]) bus.writeMemory(CODE + 8, Uint8Array.of(0x64, 0x00, 0x50, 0xe3));
    given.run(STEPS);
    changed.run(STEPS);
    expect(core.counts.retired).toBeGreaterThan(0);
    expect(stateOf(given)).toEqual(stateOf(changed));
  });

  it("are no news to the store they came from, and new ones are", () => {
    const store = filled();
    const before = store.regions.length;
    run(store);
    expect([store.newRegions, store.regions.length]).toEqual([0, before]);
    run(store, [COUNTER[0], 0xe2800002, ...COUNTER.slice(2)]);
    expect(store.newRegions).toBeGreaterThan(0);
  });
});

describe("records of an earlier run", () => {
  /** Without regions: everything runs by templates. */
  function onlyRecords(code = COUNTER): TranslationStore {
    const store = new TranslationStore();
    run(store, code, NEVER);
    const read = TranslationStore.decode(store.encode());
    if (read === undefined) throw new Error("what was written can be read");
    return read;
  }
  const decodings = (core: JitCpu): number => core.exits[Exit.undecoded];

  it("spare decoding, and end in the state of the interpreter", () => {
    const cold = run(undefined, COUNTER, NEVER);
    const { given, core } = run(onlyRecords(), COUNTER, NEVER);
    expect(decodings(cold.core)).toBeGreaterThan(1);
    expect(decodings(core)).toBe(1);
    expect(stateOf(given)).toEqual(interpreted());
  });

  it("are made anew where memory has other instructions", () => {
    const code = [...COUNTER];
    code[2] = 0xe3500064; // cmp r0, #100
    const { given } = run(onlyRecords(), code, NEVER);
    expect(stateOf(given)).toEqual(interpreted(code));
  });

  it("are of no use to other templates", () => {
    const store = onlyRecords();
    const templates = templatesOf(store);
    expect(store.recordsOf(templates).size).toBe(COUNTER.length);
    expect(store.recordsOf(templates + 1).size).toBe(0);
  });

  it("are those of what memory has when they are kept, whatever was decoded before", () => {
    const store = new TranslationStore();
    const { given } = run(store, COUNTER, NEVER);
    // A store of more than a word takes the whole page for data.
    given.bus.writeMemory(CODE, new Uint8Array(Int32Array.from([0xe3a00001, ...COUNTER.slice(1)]).buffer));
    given.run(STEPS);
    const kept = TranslationStore.decode(store.encode());
    const templates = templatesOf(store);
    const frame = (RAM_OFFSET + CODE) >>> 12;
    expect([0xe3a00000, 0xe3a00001].map((word) => kept?.recordsOf(templates).has(frame, 0, word | 0))).toEqual([
      false,
      true,
    ]);
  });
});

describe("a file of translations", () => {
  it("is refused when it is cut, longer, empty or something else", () => {
    const bytes = filled().encode();
    for (let length = 0; length < bytes.length; length += 7) {
      expect(TranslationStore.decode(bytes.subarray(0, length)), `${length} bytes`).toBeUndefined();
    }
    expect(TranslationStore.decode(Buffer.concat([bytes, Buffer.alloc(1)]))).toBeUndefined();
    expect(TranslationStore.decode(Buffer.from("no translations at all"))).toBeUndefined();
  });

  it("never does more than being refused or left unused when any byte of it is another", () => {
    const bytes = filled().encode();
    const expected = interpreted();
    for (let at = 0; at < bytes.length; at += 11) {
      const changed = Uint8Array.from(bytes);
      changed[at] ^= 0x41;
      const store = TranslationStore.decode(changed);
      // Code is not compared with anything: that the file is the user's own and whole is for its reader to see to.
      // Nor are the records of instructions.
      const isCode = store?.regions.some(({ body }, i) => !sameBytes(body, filledBodies[i])) ?? false;
      if (store === undefined || isCode || Buffer.compare(recordsOf(changed), filledRecords) !== 0) continue;
      expect(stateOf(run(store, COUNTER, NEVER).given), `byte ${at}`).toEqual(expected);
    }
  });
});

/** The words of the kept records, at the end of a file; nothing where its head cannot be read. */
function recordsOf(file: Uint8Array): Uint8Array {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  try {
    const { recordWords } = JSON.parse(bytes.toString("utf8", 8, 8 + bytes.readInt32LE(4))) as { recordWords: number };
    return Uint8Array.from(file.subarray(file.length - recordWords * 4));
  } catch {
    return new Uint8Array(0);
  }
}
const templatesOf = (store: TranslationStore): number => new Int32Array(recordsOf(store.encode()).buffer)[0];
const filledRecords = recordsOf(filled().encode());
const filledBodies = filled().regions.map(({ body }) => body);

function sameBytes(a: (typeof filledBodies)[number], b: (typeof filledBodies)[number] | undefined): boolean {
  return b !== undefined && Buffer.compare(a.bytes, b.bytes) === 0 && a.hints?.length === b.hints?.length;
}
