import { describe, expect, it } from "vitest";
import { notifierChains } from "../../src/linux/notifiers.ts";
import { branch, CodeBench, loadLiteral, TEXT } from "./code-bench.ts";

const REGISTER = TEXT + 0x100;
const BLOCKING = TEXT + 0x140;
const WORKER = TEXT + 0x160;
const TRACED = TEXT + 0x1a0;
const LOCK = TEXT + 0x1000;
const CHAIN = 0xc0200000;
const BLOCK = 0xc0210000;

/** `register_keyboard_notifier` for an atomic chain, `register_reboot_notifier` for a blocking one with its lock before. */
function givenChains(): CodeBench {
  const bench = new CodeBench();
  // The worker is part of the first one, which loads the head: push {r4, lr}; ldr r3, [r0]; pop {r4, pc}.
  bench.define("atomic_notifier_chain_register", REGISTER);
  bench.words(REGISTER, 0xe92d4010, 0xe5903000, 0xe8bd8010);
  // push {r4, lr}; mov r4, r0; bl lock; add r0, r4, #16; bl notifier_chain_register; pop {r4, pc}
  bench.define("blocking_notifier_chain_register", BLOCKING);
  bench.words(BLOCKING, 0xe92d4010, 0xe1a04000, branch(BLOCKING + 8, LOCK, true), 0xe2840010);
  bench.words(BLOCKING + 16, branch(BLOCKING + 16, WORKER, true), 0xe8bd8010);
  bench.define("notifier_chain_register", WORKER);
  // Its neighbour, whose additions are not theirs: add r6, r0, #32.
  bench.words(WORKER, 0xe2806020, 0xe12fff1e);
  const users: [string, number, number][] = [
    ["register_keyboard_notifier", REGISTER, CHAIN],
    ["register_reboot_notifier", BLOCKING, CHAIN + 0x100],
    ["unregister_keyboard_notifier", REGISTER, CHAIN + 0x200],
  ];
  for (const [index, [name, target, chain]] of users.entries()) {
    const at = TEXT + 0x200 + index * 0x20;
    bench.define(name, at);
    bench.words(at, 0xe1a01000, loadLiteral(at + 4, 0, at + 12), branch(at + 8, target), chain);
  }
  bench.define("behind", TEXT + 0x300);
  bench.words(CHAIN, BLOCK);
  bench.words(BLOCK, TEXT + 0x1000, BLOCK + 0x20);
  bench.words(BLOCK + 0x20, TEXT + 0x2000, 0);
  bench.words(CHAIN + 0x110, BLOCK + 0x40);
  bench.words(BLOCK + 0x40, TEXT + 0x3000, 0);
  return bench;
}

describe("notifierChains", () => {
  it("finds chains by the code that registers for them, behind their locks", () => {
    const chains = notifierChains(givenChains());
    expect(chains.map(({ name, head }) => [name, head])).toEqual([
      ["keyboard_notifier", CHAIN],
      ["reboot_notifier", CHAIN + 0x110],
    ]);
    expect(chains.map(({ blocks }) => blocks.map(({ callback }) => callback))).toEqual([
      [TEXT + 0x1000, TEXT + 0x2000],
      [TEXT + 0x3000],
    ]);
  });

  it("finds them in a kernel whose functions call the tracer first", () => {
    const bench = givenChains();
    const mcount = TEXT + 0x1800;
    const user = TEXT + 0x260;
    bench.define("__gnu_mcount_nc", mcount);
    bench.define("register_die_notifier", user);
    // push {lr}; bl __gnu_mcount_nc; mov r1, r0; ldr r0, chain; b register
    bench.words(user, 0xe52de004, branch(user + 4, mcount, true), 0xe1a01000, loadLiteral(user + 12, 0, user + 20));
    bench.words(user + 16, branch(user + 16, TRACED), CHAIN + 0x400);
    bench.define("raw_notifier_chain_register", TRACED);
    // push {r4, lr}; push {lr}; bl __gnu_mcount_nc; add r0, r0, #8; bl notifier_chain_register; pop {r4, pc}
    bench.words(TRACED, 0xe92d4010, 0xe52de004, branch(TRACED + 8, mcount, true), 0xe2800008);
    bench.words(TRACED + 16, branch(TRACED + 16, WORKER, true), 0xe8bd8010);
    bench.words(CHAIN + 0x408, 0);
    expect(notifierChains(bench).map(({ name, head }) => [name, head])).toContainEqual(["die_notifier", CHAIN + 0x408]);
  });

  it("ends at a link that leads nowhere or back", () => {
    const bench = givenChains();
    bench.words(BLOCK + 0x24, 0x1234);
    bench.words(BLOCK + 0x44, BLOCK + 0x40);
    expect(notifierChains(bench).map(({ brokenAt }) => brokenAt)).toEqual([BLOCK + 0x24, BLOCK + 0x44]);
  });
});
