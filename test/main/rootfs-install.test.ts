import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/index.ts";
import { installRootfs } from "../../src/main/rootfs-install.ts";
import { TinyBoard } from "./tiny-board.ts";

const boards: TinyBoard[] = [];
afterEach(() => {
  for (const board of boards.splice(0)) board.dispose();
});

/** What a guest that prints `text` is seen to say, up to a line with `last`. */
async function given(text: string, ending: ConstructorParameters<typeof TinyBoard>[1], signal?: AbortSignal) {
  const rootfs = { tiny: { append: "root=/dev/x", readyPattern: "x", shellPrompt: "x" } };
  const board = new TinyBoard(text, ending, { rootfs });
  boards.push(board);
  const card = join(board.folder, "card");
  writeFileSync(card, new Uint8Array(512));
  const lines: string[] = [];
  const onLine = (line: string): boolean => {
    lines.push(line);
    return line === "last";
  };
  const env = { XDG_CACHE_HOME: board.folder };
  const job = { board: board.path, rootfs: "tiny", card, init: "/init", onLine, signal };
  await installRootfs(job, { env, log: silentLogger() });
  return lines;
}

describe("the first boot of a root file system", () => {
  it("is followed line by line, up to the last one that matters", async () => {
    expect(await given("one\r\n\r\ntwo\nlast\r\nnever\r\n", "spin")).toEqual(["one", "", "two", "last"]);
  });

  it("ends when the guest waits for ever or panics", async () => {
    expect(await given("one\r\ntwo", "wait")).toEqual(["one"]);
    expect(
      await given("Kernel panic - not syncing: x\r\n---[ end Kernel panic - not syncing: x ]---\r\n", "spin"),
    ).toHaveLength(2);
  });

  it("ends when it is interrupted", async () => {
    expect(await given("one\r\n", "spin", AbortSignal.abort())).toEqual([]);
  });

  it("cuts a line that has no end", async () => {
    expect((await given(`${"x".repeat(5000)}\r\nlast\r\n`, "spin")).map(({ length }) => length)).toEqual([
      4096, 903, 4,
    ]);
  });
});
