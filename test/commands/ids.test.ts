import { describe, expect, it } from "vitest";
import { SyntheticKernel } from "../linux/synthetic-kernel.ts";
import { ConsoleBench } from "./console-bench.ts";

/** A bench whose guest memory holds a small kernel, with an MMU that is on. */
function givenKernel(): { bench: ConsoleBench; kernel: SyntheticKernel } {
  const bench = new ConsoleBench();
  const kernel = new SyntheticKernel({ processes: ["sh", "sleep"] });
  bench.board.writeGuest(kernel.physOffset, kernel.image);
  bench.board.core = () => ({
    registers: () => [
      {
        title: "CP15",
        registers: [
          { name: "SCTLR", value: 0x5317f },
          { name: "TTBR0", value: kernel.tableAddress },
          { name: "DACR", value: 0x55 },
        ],
      },
    ],
  });
  return { bench, kernel };
}

describe("ids", () => {
  it("says that no kernel runs, with code -14, and knows it later", async () => {
    const { bench } = givenKernel();
    const empty = new ConsoleBench();
    const { code, text } = await empty.run("ids banner");
    expect([code, text.includes("[kernel-not-found]")]).toEqual([-14, true]);
    expect(await bench.text("ids banner")).toMatch(/^Linux version 6\.1\.99 /);
  });

  it("lists processes as text and as data", async () => {
    const { bench } = givenKernel();
    const text = await bench.text("ids plist");
    expect(text).toMatch(/ sh\n[\s\S]* sleep\n/);
    const report = JSON.parse(await bench.text("ids plist --json")) as { rows: { name: string }[] };
    expect(report.rows.map(({ name }) => name)).toEqual(expect.arrayContaining(["init", "kthreadd", "sh", "sleep"]));
  });

  it("answers -1 and marks the slot when a system call was redirected from the console", async () => {
    const { bench, kernel } = givenKernel();
    expect((await bench.run("ids syscall")).code).toBe(0);
    const physical = kernel.syscallTable - kernel.pageOffset + kernel.physOffset;
    const { allocation } = bench.hv.guests[0].regions[0];
    const host = (allocation?.address ?? 0) + physical + 4 * 11;
    await bench.text(`memory modify32 0x${host.toString(16)} 0xbf000000`);
    const { code, text } = await bench.run("ids syscall");
    expect(code).toBe(-1);
    expect(text).toMatch(/^bf000000 .*<-- /m);
    expect(text).toMatch(/slot 11 .*\nError: command ids failed \(code -1\)\n$/);
  });

  it("runs all checks with one verdict, lists them and explains one", async () => {
    const { bench } = givenKernel();
    const { text } = await bench.run("ids all");
    for (const id of ["banner", "plist", "syscall"]) expect(text).toMatch(new RegExp(`^${id} +clean `, "m"));
    expect(text).toMatch(/^verdict: /m);
    const listed = (await bench.data("ids list")) as { check: string }[];
    expect(listed.map(({ check }) => check)).toEqual(expect.arrayContaining(["plist", "lsof", "netstat"]));
    expect(await bench.text("ids list plist")).toMatch(/^use +ids plist \[-l\]\ntitle +processes\n/);
    expect((await bench.run("ids list plits")).code).toBe(-14);
  });

  it("shows what was learned, how sure it is and why", async () => {
    const { bench } = givenKernel();
    const types = (await bench.data("ids types task_struct.pid")) as { name: string; confidence: string }[];
    expect(types).toEqual([expect.objectContaining({ name: "task_struct.pid", confidence: "proved" })]);
    expect(await bench.text("ids types cred.uid")).toMatch(/^cred\.uid +\? +unknown /);
  });

  it("says that there is no guest", async () => {
    const { bench } = givenKernel();
    await bench.text("guest destroy guest0");
    expect((await bench.run("ids plist")).code).toBe(-3);
  });
});
