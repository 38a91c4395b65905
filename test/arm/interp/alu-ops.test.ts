import { describe, expect, it } from "vitest";
import { FLAG_C, FLAG_N, FLAG_Q, FLAG_Z } from "../../../src/arm/core/index.ts";
import { makeRandom } from "../fuzz/random.ts";
import { givenCpu } from "../given-cpu.ts";

const edges = [0, 1, 2, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, -0x80000000, -0x7fffffff, -1, -2, -0x8000];
const random = makeRandom(92601);
const operands = [...edges, ...Array.from({ length: 20 }, () => random.word() | 0)];
const pairs = operands.flatMap((a) => operands.map((b) => [a, b] as const));

const { core, words } = givenCpu();
const low = (value: bigint) => Number(BigInt.asIntN(32, value));
const high = (value: bigint) => Number(BigInt.asIntN(32, value >> 32n));
const unsigned = (value: number) => BigInt(value >>> 0);
const signed = (value: number) => BigInt(value);

describe("arithmetic", () => {
  it("AddWithCarry has the sum, carry and overflow of the manual's definition", () => {
    for (const [a, b] of pairs) {
      for (const carryIn of [0, 1]) {
        const result = core.addWithCarry(a, b, carryIn);
        const unsignedSum = unsigned(a) + unsigned(b) + BigInt(carryIn);
        const signedSum = signed(a) + signed(b) + BigInt(carryIn);
        expect([result, core.carryOut, core.overflowOut], `${a} + ${b} + ${carryIn}`).toEqual([
          low(unsignedSum),
          unsignedSum >> 32n === 0n ? 0 : 1,
          signedSum === signed(result) ? 0 : 1,
        ]);
      }
    }
  });

  it("products have 64 bits, signed and unsigned", () => {
    for (const [a, b] of pairs) {
      const product = unsigned(a) * unsigned(b);
      expect([core.mulUnsigned64(a, b), core.high], `${a} * ${b}`).toEqual([low(product), high(product)]);
      const signedProduct = signed(a) * signed(b);
      expect([core.mulSigned64(a, b), core.high], `${a} * ${b}`).toEqual([low(signedProduct), high(signedProduct)]);
      expect(core.mul(a, b)).toBe(low(product));
    }
  });

  it("sums have 64 bits", () => {
    for (const [a, b] of pairs) {
      const sum = ((unsigned(b) << 32n) | unsigned(a)) + ((unsigned(a) << 32n) | unsigned(b));
      expect([core.add64(a, b, b, a), core.high]).toEqual([low(sum), high(sum)]);
    }
  });

  it("saturates at both ends and remembers it in Q", () => {
    const saturated = (exact: bigint) => {
      const limit = 0x7fffffffn;
      return exact > limit ? 0x7fffffff : exact < -limit - 1n ? -0x80000000 : Number(exact);
    };
    for (const [a, b] of pairs) {
      for (const [op, exact] of [
        [(x: number, y: number) => core.qadd(x, y), signed(a) + signed(b)],
        [(x: number, y: number) => core.qsub(x, y), signed(a) - signed(b)],
      ] as const) {
        words[FLAG_Q] = 0;
        const result = op(a, b);
        expect([result, words[FLAG_Q]]).toEqual([saturated(exact), signed(result) === exact ? 0 : 1]);
      }
      words[FLAG_Q] = 0;
      expect([core.addSetQ(a, b), words[FLAG_Q]]).toEqual([
        low(signed(a) + signed(b)),
        signed((a + b) | 0) === signed(a) + signed(b) ? 0 : 1,
      ]);
    }
  });

  it("leaves Q set once it is", () => {
    words[FLAG_Q] = 1;
    core.qadd(1, 1);
    core.addSetQ(1, 1);
    expect(words[FLAG_Q]).toBe(1);
  });

  it("counts leading zeros, 32 for zero", () => {
    expect([0, 1, -1, 0x7fffffff].map((value) => core.clz(value))).toEqual([32, 31, 0, 1]);
  });
});

/** `Shift_C` of the manual by single steps. */
function shiftBySteps(type: number, value: number, amount: number, carryIn: number): [number, number] {
  let result = value;
  let carry = carryIn;
  for (let step = 0; step < amount; step++) {
    if (type === 0) {
      carry = result >>> 31;
      result <<= 1;
      continue;
    }
    carry = result & 1;
    const top = type === 1 ? 0 : type === 2 ? result >>> 31 : carry;
    result = (result >>> 1) | (top << 31);
  }
  return [result | 0, carry];
}

describe("shifts", () => {
  it("by a register go by its low byte, 0 to 255", () => {
    for (let type = 0; type < 4; type++) {
      for (let amount = 0; amount < 256; amount++) {
        for (const value of [0x80000001 | 0, 0x7ffffffe, 0x12345678, -1, 0]) {
          for (const carry of [0, 1]) {
            words[FLAG_C] = carry;
            const result = core.shiftReg(type, value, amount | 0xabcd00);
            const text = `type ${type}, ${value} by ${amount}`;
            expect([result, core.shifterCarry], text).toEqual(shiftBySteps(type, value, amount, carry));
          }
        }
      }
    }
  });

  it("by a constant take 0 for 32, and for RRX", () => {
    for (const value of operands) {
      for (const carry of [0, 1]) {
        words[FLAG_C] = carry;
        for (let type = 0; type < 4; type++) {
          for (let amount = 0; amount < 32; amount++) {
            const isRrx = type === 3 && amount === 0;
            const steps = amount === 0 && type !== 0 ? 32 : amount;
            const expected = isRrx
              ? [(value >>> 1) | (carry << 31), value & 1]
              : shiftBySteps(type, value, steps, carry);
            expect([core.shiftImm(type, value, amount), core.shifterCarry]).toEqual(expected);
            expect(core.shiftImmNoCarry(type, value, amount)).toBe(expected[0]);
          }
        }
      }
    }
  });

  it("of immediates leave the carry alone without a rotation, else take it from bit 31", () => {
    words[FLAG_C] = 1;
    expect([core.expandImm(0x80, 0), core.shifterCarry]).toEqual([0x80, 1]);
    expect([core.expandImm(0x02, 1), core.shifterCarry]).toEqual([-0x80000000, 1]);
    expect([core.expandImm(0xff, 4), core.shifterCarry]).toEqual([0xff000000 | 0, 1]);
    expect([core.expandImm(0x7f, 4), core.shifterCarry]).toEqual([0x7f000000, 0]);
  });
});

describe("flags", () => {
  it("N and Z are of the whole 64-bit result", () => {
    core.setNZ64(1, 0);
    expect([words[FLAG_N], words[FLAG_Z]]).toEqual([0, 0]);
    core.setNZ64(0, 0);
    expect([words[FLAG_N], words[FLAG_Z]]).toEqual([0, 1]);
    core.setNZ64(0, -1);
    expect([words[FLAG_N], words[FLAG_Z]]).toEqual([1, 0]);
  });
});
