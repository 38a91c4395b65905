import { afterEach, describe, expect, it } from "vitest";
import { Stage } from "../../src/scenario/stage.ts";
import { TinyRig } from "./tiny-rig.ts";

const rigs: TinyRig[] = [];
afterEach(() => {
  for (const rig of rigs.splice(0)) rig.dispose();
});

async function given(diskBytes?: number) {
  const rig = new TinyRig();
  rigs.push(rig);
  const printed: string[] = [];
  const request = { board: rig.board.path, start: "prompt", diskBytes } as const;
  const stage = await Stage.open(rig.power, request, (_port, byte) => printed.push(String.fromCharCode(byte)));
  return { stage, printed: () => printed.join("") };
}

describe("Stage", () => {
  it("begins with what the boot printed, and names board and images", async () => {
    const { stage, printed } = await given();
    expect(printed()).toContain("guest ready");
    expect(stage.consolePort).toBe("guest0/uart0");
    expect(stage.identity.board.name).toBe("tiny");
    expect(stage.identity.images.kernel).toMatch(/^[0-9a-f]{64}$/);
  });

  it("finds ports by their whole name and by its end", async () => {
    const { stage } = await given();
    expect(stage.port("uart1")).toBe(stage.port("guest0/uart1"));
  });

  it("takes memory, time and disk back to a snapshot, as often as it is asked", async () => {
    const { stage } = await given(1 << 20);
    const word = new Uint8Array(1);
    const read = () => {
      stage.machine.readGuest(0x100, word);
      return word[0];
    };
    await stage.apply({ write: 0x100, bytes: "a" });
    await stage.apply({ save: "s" });
    const before = stage.moment;
    for (const bytes of ["b", "c"]) {
      await stage.apply({ write: 0x100, bytes });
      stage.machine.runSlice(1000, { skipIdle: true });
      expect(read()).toBe(bytes.charCodeAt(0));
      await stage.apply({ load: "s" });
      expect(read()).toBe("a".charCodeAt(0));
      expect(stage.moment).toEqual(before);
    }
  });

  it("keeps a bounded number of snapshots", async () => {
    const { stage } = await given();
    for (let i = 0; i < 16; i++) await stage.apply({ save: `s${i}` });
    await expect(stage.apply({ save: "one more" })).rejects.toMatchObject({ code: "step-impossible" });
  });

  it("has another machine after a power cut, off until it is switched on", async () => {
    const { stage, printed } = await given();
    const first = stage.machine;
    await stage.apply({ power: "cut" });
    expect(stage.isPowered).toBe(false);
    const length = printed().length;
    first.runSlice(10_000, { skipIdle: true });
    expect(printed()).toHaveLength(length);
    await stage.apply({ power: "on" });
    expect(stage.machine).not.toBe(first);
    stage.machine.runSlice(10_000, { skipIdle: true });
    expect(printed().length).toBeGreaterThan(length);
  });
});
