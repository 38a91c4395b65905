import { describe, expect, it } from "vitest";
import { TerminalConsole } from "../../src/shell/index.ts";
import { ConsoleBench } from "./console-bench.ts";

const rows = (text: string): string[] => text.split("\n").filter((line) => line.startsWith(" "));

describe("vcpu", () => {
  it("lists threads and guest VCPUs, the console's thread running", async () => {
    const bench = new ConsoleBench();
    expect(rows(await bench.text("vcpu list"))).toEqual([
      " ID     Prio    State      Name              Affinity",
      " 0      0       Ready      idle/0            {0}",
      " 1      7       Paused     syswq/0           {0}",
      " 2      3       Running    mterm             {0}",
      " 3      3       Reset      guest0/vcpu0      {0}",
    ]);
    expect(rows(await bench.text("vcpu orphan_list"))).toHaveLength(4);
    expect(rows(await bench.text("vcpu normal_list"))).toHaveLength(2);
  });

  it("kicks and pauses by id", async () => {
    const bench = new ConsoleBench();
    expect(await bench.text("vcpu kick 3; vcpu pause 3")).toBe("guest0/vcpu0: Kicked\nguest0/vcpu0: Paused\n");
    expect(await bench.run("vcpu kick 9")).toEqual({
      code: -1,
      text: "Failed to find vcpu\nError: command vcpu failed (code -1)\n",
    });
  });

  it("keeps the hypervisor's own threads from being stopped", async () => {
    const bench = new ConsoleBench();
    const { code, text } = await bench.run("vcpu halt 2");
    expect(code).toBe(-12);
    expect(text).toContain("mterm: Failed to halt\n");
    expect(bench.hv.consoleThread.state).toBe("Sleeping");
  });

  it("prints registers three a line", async () => {
    const bench = new ConsoleBench();
    expect(await bench.text("vcpu dumpreg 3")).toBe(
      "Core Registers\n     SP=0x00001000      LR=0x00008004      PC=0x00008000\n   CPSR=0x000001d3\n",
    );
    expect(await bench.data("vcpu dumpreg 3")).toEqual({
      "Core Registers": { SP: 0x1000, LR: 0x8004, PC: 0x8000, CPSR: 0x1d3 },
    });
    expect((await bench.run("vcpu dumpreg 0")).code).toBe(-33);
  });

  it("prints times in each state", async () => {
    const bench = new ConsoleBench();
    await bench.text("guest kick guest0; sleep msecs 15; guest pause guest0; sleep secs 61");
    expect((await bench.text("vcpu dumpstat 3")).split("\n")).toEqual([
      "Name             : guest0/vcpu0",
      "State            : Paused",
      "Priority         : 3",
      "",
      "Ready Time       : 0:00:00:015",
      "Running Time     : 0:00:00:000",
      "Paused Time      : 0:01:01:000",
      "Halted Time      : 0:00:00:000",
      "Total Time       : 0:01:01:015",
      "System Time      : 0:01:01:015",
      "",
      "Reset Count      : 0",
      "Last Reset Since : 0:01:01:015",
      "",
      "",
    ]);
  });

  it("accepts host CPU 0 only", async () => {
    const bench = new ConsoleBench();
    expect((await bench.run("vcpu set_affinity 3 0")).code).toBe(0);
    expect((await bench.run("vcpu set_hcpu 3 1")).code).toBe(-5);
  });

  it("monitors every second until q is typed", async () => {
    const bench = new ConsoleBench();
    let shown = "";
    const console = new TerminalConsole({
      output: (bytes) => {
        shown += new TextDecoder().decode(bytes);
      },
      usesCarriageReturn: false,
    });
    bench.onStep = () => {
      if (bench.board.nowNs === 2.5e9) console.input(new TextEncoder().encode("q"));
    };
    expect(await bench.manager.execute(bench.context(console), "vcpu monitor")).toBe(0);
    expect(shown.split("\x1b[H\x1b[J")).toHaveLength(4);
    expect(shown).toMatch(/CPU0: 0\.0% {2}\nVAPOOL: free \d+KiB {2}used \d+KiB {2}total 12288KiB\nRAM: free /);
    expect(bench.board.nowNs).toBe(2.5e9);
    // The console waited, so the CPU was idle.
    expect(bench.hv.scheduler.utilization).toBe(0);
  });

  it("prints one screen where nobody can type q", async () => {
    expect(await new ConsoleBench().text("vcpu monitor uart0")).toContain("guest0/vcpu0");
  });
});
