import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { UnpackError } from "../../src/board/index.ts";
import { formatOf } from "../../src/board/unpack.ts";
import { fromBase64, gzip, packedSamples, sampleProgram } from "./samples.ts";

const program = sampleProgram(3000);
const packed: Record<string, Uint8Array> = {
  gzip: gzip(program),
  ...Object.fromEntries(Object.entries(packedSamples).map(([name, text]) => [name, fromBase64(text)])),
};
const formatNames: Record<string, string> = { xzArm: "xz", xzBlocks: "xz" };

function unpack(data: Uint8Array, limitBytes = 1e6): { content: Uint8Array; consumedBytes: number } {
  const format = formatOf(data);
  if (format?.unpack === undefined) throw new Error("not a format that is unpacked here");
  return format.unpack(data, limitBytes);
}

function failureOf(data: Uint8Array, limitBytes?: number): UnpackError | undefined {
  try {
    unpack(data, limitBytes);
    return undefined;
  } catch (error) {
    if (error instanceof UnpackError) return error;
    throw error;
  }
}

describe.each(Object.keys(packed))("unpacking %s", (name) => {
  const data = packed[name];

  it("is chosen by the first bytes and gives the content", () => {
    expect(formatOf(data)?.name).toBe(formatNames[name] ?? name);
    expect(Buffer.from(unpack(data).content).equals(program)).toBe(true);
  });

  it("says how many bytes the stream took", () => {
    const padded = new Uint8Array(data.length + 64);
    padded.set(data);
    // fzstd takes all of its input; the others leave what is not theirs.
    if (name !== "zstd") expect(unpack(padded).consumedBytes).toBe(data.length);
  });

  it("says that a stream was cut, wherever it was cut in its content", () => {
    for (const share of [0.3, 0.6, 0.9]) {
      const failure = failureOf(data.subarray(0, Math.floor(data.length * share)));
      expect(failure?.isTruncated, `${share}: ${failure?.message}`).toBe(true);
    }
  });

  it("stops at the limit", () => {
    expect(failureOf(data, 2999)).toBeInstanceOf(UnpackError);
    expect(failureOf(data, 3000)).toBeUndefined();
  });

  it("never fails but with an error of its own, whatever byte is changed", () => {
    let refused = 0;
    for (let at = 8; at < data.length; at += 3) {
      const changed = data.slice();
      changed[at] ^= 0x55;
      if (failureOf(changed) !== undefined) refused++;
    }
    expect(refused).toBeGreaterThan(name === "zstd" || name === "lz4" ? 0 : data.length / 10);
  });
});

describe("formatOf", () => {
  it("knows formats that only the guest unpacks, and plain data as none", () => {
    expect(formatOf(Buffer.from("BZh91AY"))).toMatchObject({ name: "bzip2", unpack: undefined });
    expect(formatOf(Uint8Array.of(0x89, 0x4c, 0x5a, 0x4f, 0))).toMatchObject({ name: "lzo", unpack: undefined });
    expect(formatOf(program)).toBeUndefined();
  });
});

/** Content that the packers treat differently: noise, runs, text, and a mix of sizes around their block limits. */
const contents: Record<string, Uint8Array> = {
  empty: new Uint8Array(0),
  "one byte": Uint8Array.of(65),
  "a long run": new Uint8Array(3_000_000).fill(1),
  noise: Uint8Array.from({ length: 200_000 }, (_, i) => (Math.imul(i, 2654435761) >>> 13) ^ (i * i)),
  program: sampleProgram(500_000),
};
const packers: Record<string, string[]> = {
  xz: ["-c", "--check=crc32", "--arm", "--lzma2=dict=1MiB"],
  "xz -0": ["-0c"],
  "xz lp": ["-c", "--check=none", "--lzma2=preset=6,lc=1,lp=3,pb=4"],
  lzma: ["--format=lzma", "-c"],
  lz4: ["-l", "-c", "-q"],
  zstd: ["-c", "-q"],
};

describe.each(Object.entries(packers))("what %s packed, where the tool is there", (name, args) => {
  const tool = name.split(" ")[0] === "lzma" ? "xz" : name.split(" ")[0];
  const isThere = spawnSync(tool, ["--version"]).status === 0;

  it.skipIf(!isThere).each(Object.entries(contents))("unpacks to %s", (_what, content) => {
    const { stdout } = spawnSync(tool, args, { input: content, maxBuffer: 2 ** 24 });
    const unpacked = unpack(new Uint8Array(stdout), 2 ** 23);
    expect(Buffer.from(unpacked.content).equals(content)).toBe(true);
  });
});
