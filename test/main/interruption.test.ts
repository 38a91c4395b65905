import { describe, expect, it } from "vitest";
import { Interruption } from "../../src/main/interruption.ts";

describe("an interruption", () => {
  it("may be asked for by the program itself", () => {
    const interruption = new Interruption();
    let told = 0;
    interruption.onRequest = () => {
      told++;
    };
    interruption.request();
    expect([interruption.isRequested, told]).toEqual([true, 1]);
  });

  it("is a flag, told once, and only while it is listened for", async () => {
    const interruption = new Interruption();
    let told = 0;
    interruption.onRequest = () => {
      told++;
    };
    const before = process.listenerCount("SIGHUP");
    interruption.listen();
    process.kill(process.pid, "SIGHUP");
    while (!interruption.isRequested) await new Promise((resolve) => setImmediate(resolve));
    interruption.stop();
    expect([told, process.listenerCount("SIGHUP")]).toEqual([1, before]);
  });
});
