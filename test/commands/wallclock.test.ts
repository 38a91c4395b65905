import { describe, expect, it } from "vitest";
import { ConsoleBench } from "./console-bench.ts";

describe("wallclock", () => {
  it("prints the time as Xvisor does and moves with virtual time", async () => {
    const bench = new ConsoleBench();
    expect(await bench.text("wallclock get_time")).toBe("Fri Mar  5 10:20:30 UTC 2021\n");
    await bench.text("sleep secs 100; wallclock set_timezone +5:30");
    expect(await bench.text("wallclock get_time; wallclock get_timezone")).toBe(
      "Fri Mar  5 15:52:10 UTC+5:30 2021\nUTC+5:30\n",
    );
  });

  it("sets time in a zone", async () => {
    const bench = new ConsoleBench();
    await bench.text("wallclock set_time 1:2:3 29 Feb 2024 -3:0");
    expect(await bench.text("wallclock get_time")).toBe("Thu Feb 29 1:2:3 UTC-3:0 2024\n");
    expect(bench.hv.wallClock.epochSeconds).toBe(Date.UTC(2024, 1, 29, 4, 2, 3) / 1000);
  });

  it.each(["24:0:0 1 1 2020", "1:2:3 30 Feb 2024", "1:2:3 1 13 2020", "1:2:3 1 Jan 1969", "1:2:3 1 1 2020 5:30"])(
    "refuses %s",
    async (words) => {
      const bench = new ConsoleBench();
      expect((await bench.run(`wallclock set_time ${words}`)).code).toBeLessThan(0);
      expect(bench.hv.wallClock.epochSeconds).toBe(1_614_939_630);
    },
  );
});
