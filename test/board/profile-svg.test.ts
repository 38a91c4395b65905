import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { drawProfile, listBoards, loadBoard } from "../../src/board/index.ts";
import { deviceModels } from "../../src/devices/index.ts";

const hasXmllint = spawnSync("xmllint", ["--version"]).status === 0;
const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, content]) => content);

describe("the drawing of a board", () => {
  it.each(listBoards())("has a row for each region and device of %s, and for what is between them", (name) => {
    const { profile } = loadBoard(name, { models: deviceModels });
    const texts = textsOf(drawProfile(profile));
    for (const part of [...profile.regions, ...profile.devices]) expect(texts).toContain(part.name);
    expect(texts).toContain("(nothing)");
    expect(texts.some((content) => /^0x[0-9A-F]{8}-0xFFFFFFFF$/.test(content))).toBe(true);
  });

  it("keeps the pieces to scale and inside the drawing", () => {
    const { profile } = loadBoard("versatilepb", { models: deviceModels });
    const svg = drawProfile(profile);
    const height = Number(/viewBox="0 0 \S+ (\S+)"/.exec(svg)?.[1]);
    const bars = [...svg.matchAll(/<rect x="16" y="([\d.]+)" width="56" height="([\d.]+)"/g)].map(([, y, h]) => [
      Number(y),
      Number(h),
    ]);
    expect(bars.length).toBeGreaterThan(profile.devices.length);
    for (const [y, h] of bars) expect(y + h).toBeLessThanOrEqual(height);
    const [[, ram]] = bars;
    const flash = bars.find(([, h]) => Math.abs(h / ram - 64 / 96) < 0.02);
    expect(flash).toBeDefined();
  });

  it.skipIf(!hasXmllint)("is well-formed, whatever the texts of a profile are", () => {
    const { profile } = loadBoard("versatilepb", { models: deviceModels });
    const svg = drawProfile({ ...profile, description: `<b>&"' \u0001 \u{1f415} ]]>` });
    const { status, stderr } = spawnSync("xmllint", ["--noout", "-"], { input: svg });
    expect(stderr.toString()).toBe("");
    expect(status).toBe(0);
  });
});
