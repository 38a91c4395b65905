import { afterEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/index.ts";
import { powerOn } from "../../src/main/power-on.ts";
import { PromptBoot } from "../../src/main/prompt-boot.ts";
import { READY_TEXT, TinyBoard } from "./tiny-board.ts";

const boards: TinyBoard[] = [];
afterEach(() => {
  for (const board of boards.splice(0)) board.dispose();
});

function given(text: string, ending: ConstructorParameters<typeof TinyBoard>[1], isInterrupted = () => false) {
  const board = new TinyBoard(text, ending);
  boards.push(board);
  const powered = powerOn({ board: board.path, clock: "virtual", engine: "interp", log: silentLogger(), env: {} });
  return { powered, boot: new PromptBoot(powered, { timeoutSeconds: 0.001, isInterrupted }) };
}

describe("PromptBoot", () => {
  it("stops at the byte that completes the prompt, and tells every byte", async () => {
    const { powered, boot } = given(READY_TEXT, "spin");
    const seen: number[] = [];
    boot.onByte = (byte) => seen.push(byte);
    await boot.run();
    expect(Buffer.from(seen).toString()).toBe(READY_TEXT);
    expect(powered.machine.instructions()).toBeLessThan(1_000);
  });

  it.each([
    ["guest-not-ready", "hello\r\n", "spin"],
    ["guest-stopped", "hello\r\n", "halt"],
    ["guest-panicked", "Kernel panic - not syncing: x\n---[ end Kernel panic\n", "spin"],
  ] as const)("throws %s", async (code, text, ending) => {
    await expect(given(text, ending).boot.run()).rejects.toMatchObject({ code });
  });

  it("ends when it is interrupted", async () => {
    await expect(given("x", "spin", () => true).boot.run()).rejects.toMatchObject({ code: "interrupted" });
  });

  it("sees nothing any more once it was stopped", async () => {
    const { powered, boot } = given(READY_TEXT, "echo");
    await boot.run();
    boot.stop();
    let count = 0;
    boot.onByte = () => count++;
    powered.machine.hypervisor.findSerialPort(powered.consolePort)?.send(Uint8Array.of(0x61));
    powered.machine.runSlice(1_000, { skipIdle: true });
    expect(count).toBe(0);
  });
});
