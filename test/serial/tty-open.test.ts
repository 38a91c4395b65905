import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTty } from "../../src/serial/tty-open.ts";
import { hasSocat, SocatPair } from "./socat-pair.ts";

describe.skipIf(!hasSocat)("opening a serial device", () => {
  const pair = new SocatPair();
  beforeAll(() => pair.plug());
  afterAll(() => pair.dispose());

  it("gives a port with a descriptor, and refuses a second open of it", async () => {
    const port = await openTty(pair.ours, 9_600);
    expect(port.isOpen).toBe(true);
    await expect(openTty(pair.ours, 9_600)).rejects.toMatchObject({ code: "port-busy" });
    await port.close();
    const again = await openTty(pair.ours, 9_600);
    await again.close();
  });

  it("names the ports that exist when the one asked for does not", async () => {
    await expect(openTty("/dev/ttyNOSUCH7", 9_600)).rejects.toMatchObject({
      code: "port-missing",
      facts: { path: "/dev/ttyNOSUCH7" },
    });
  });
});
