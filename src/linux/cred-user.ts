/** `cred.user`: the account that a set of credentials is counted on, whose id follows `cred.uid` in every legal change. */
import type { AddressSpace } from "./address-space.ts";
import type { Fact } from "./fact.ts";
import { proved, unknown } from "./fact.ts";

export interface CredUser {
  /** `cred.user`. */
  readonly user: number;
  /** `user_struct.uid`. */
  readonly uid: number;
}

/** The keyrings, the security module's pointer and `user` follow the capabilities. */
const SEARCHED_BYTES = 0x40;
const USER_BYTES = 0x60;
const MIN_ACCOUNTS = 2;
const MAX_SAMPLES = 1024;

export interface CredSample {
  readonly cred: number;
  readonly uid: number;
}

/** Learned from credentials of at least two accounts; one that was tampered with must not hide the rest. */
export function findCredUser(
  space: AddressSpace,
  all: readonly CredSample[],
  { after, lowest }: { after: number; lowest: number },
): Fact<CredUser> {
  const samples = all.slice(0, MAX_SAMPLES);
  if (new Set(samples.map(({ uid }) => uid)).size < MIN_ACCOUNTS) return unknown("all processes have the same user ID");
  const fitting: CredUser[] = [];
  for (let user = after; user < after + SEARCHED_BYTES; user += 4) {
    const pointers = samples.map(({ cred }) => space.readU32(cred + user) ?? 0);
    if (!pointers.every((pointer) => pointer >= lowest && (pointer & 3) === 0)) continue;
    for (let uid = 0; uid < USER_BYTES; uid += 4) {
      const matching = samples.filter((sample, index) => space.readU32(pointers[index] + uid) === sample.uid);
      const accounts = new Set(matching.map((sample) => sample.uid)).size;
      if (matching.length >= samples.length - 1 && accounts >= MIN_ACCOUNTS) fitting.push({ user, uid });
    }
  }
  // `ucounts`, which is counted by user too, comes behind `user`.
  if (fitting.length === 0) return unknown("no word of cred leads to the user ID");
  return proved(
    fitting[0],
    `it leads to the same user ID in ${samples.length} credentials of ${MIN_ACCOUNTS} accounts or more`,
  );
}
