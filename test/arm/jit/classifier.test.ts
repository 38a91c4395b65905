import { describe, expect, it } from "vitest";
import { Decoder, rows } from "../../../src/arm/decode/index.ts";
import { Classifier } from "../../../src/arm/jit/classifier.ts";
import { core } from "./given-code.ts";

const decoder = new Decoder<unknown>(rows.map(() => () => {}));
const plain = { needsInterpreter: false, branches: false, target: undefined, isExchange: false, isCall: false };

describe("what the compiler says of an instruction", () => {
  const classifier = new Classifier(false, core);
  const of = (raw: number, pc = 0x8000) => classifier.classify(decoder.arm(raw), pc);

  it.each([
    ["andeq r0, r0, r0, whose word is zero", 0],
    ["add r0, r0, #1", 0xe2800001],
    ["ldr r0, [r1]", 0xe5910000],
  ])("%s is plain, the second time too", (_name, raw) => {
    expect(of(raw)).toEqual(plain);
    expect(of(raw)).toEqual(plain);
  });

  it("a branch goes where it goes from its own address", () => {
    expect(of(0xea000000)).toMatchObject({ branches: true, target: 0x8008, isCall: false });
    expect(of(0xea000000, 0x9000)).toMatchObject({ branches: true, target: 0x9008 });
    expect(of(0xeb000000)).toMatchObject({ branches: true, target: 0x8008, isCall: true });
  });

  it("a return has no constant target and may change the state", () => {
    expect(of(0xe12fff1e)).toMatchObject({ branches: true, target: undefined, isExchange: true });
  });

  it("a supervisor call needs the interpreter", () => {
    expect(of(0xef000000)).toMatchObject({ needsInterpreter: true });
  });

  it("what privileged code may compile needs the interpreter in user code", () => {
    const mrc = decoder.arm(0xee110f10); // mrc p15, 0, r0, c1, c0, 0
    expect(classifier.classify(mrc, 0)).toEqual(plain);
    const ofUser = new Classifier(false, { ...core, isPrivileged: false });
    expect(ofUser.classify(mrc, 0)).toMatchObject({ needsInterpreter: true });
  });
});
