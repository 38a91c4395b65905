import { describe, expect, it } from "vitest";
import { runCampaign } from "./campaign.ts";

// The long version: node tools/mutate-profiles.mjs --count 1000 --seed 7
describe("damaged profiles", () => {
  it("are refused with place and code, or run whole: never a stack trace, never a half-loaded machine", async () => {
    const { reports, codes } = await runCampaign({ seed: 1, count: 40 });
    expect(reports).toEqual([]);
    expect([...codes.keys()].filter((code) => code.startsWith("profile-")).length).toBeGreaterThan(2);
  });
});
