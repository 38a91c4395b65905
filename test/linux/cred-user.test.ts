import { describe, expect, it } from "vitest";
import { findCredUser } from "../../src/linux/cred-user.ts";
import { CodeBench, PAGE_OFFSET } from "./code-bench.ts";

const USER = 0x50;
const UID = 0x14;

/** Credentials of the given users, each counted on the account of its user. */
function givenCredentials(uids: readonly number[]) {
  const bench = new CodeBench();
  const samples = uids.map((uid, index) => ({ cred: 0xc0200000 + index * 0x100, uid }));
  for (const { cred, uid } of samples) {
    const account = 0xc0210000 + (uid & 0xff) * 0x100;
    bench.words(cred + USER - 4, 0xc0220000, account);
    bench.words(account + UID, uid);
  }
  const find = () => findCredUser(bench.space, samples, { after: 0x40, lowest: PAGE_OFFSET });
  return { bench, samples, find };
}

describe("findCredUser", () => {
  it("is learned from processes of two accounts", () => {
    expect(givenCredentials([0, 0, 7, 7]).find()).toMatchObject({ known: true, value: { user: USER, uid: UID } });
  });

  it("is learned although one of them was tampered with", () => {
    const { samples, find } = givenCredentials([0, 0, 7, 7, 7]);
    samples[4].uid = 0;
    expect(find()).toMatchObject({ known: true, value: { user: USER, uid: UID } });
  });

  it("cannot be told when all are of one account", () => {
    expect(givenCredentials([0, 0, 0]).find().known).toBe(false);
  });
});
