import { describe, expect, it } from "vitest";
import { ConsoleBench } from "./console-bench.ts";

describe("devtree", () => {
  it("shows nodes with one TAB a level, and attributes on dump", async () => {
    const bench = new ConsoleBench();
    expect(await bench.text("devtree node show /guests/guest0/vcpus")).toBe("vcpus {\n\tvcpu0;\n};\n");
    const text = await bench.text("devtree node dump /guests/guest0/aspace/mem0");
    expect(text).toBe(
      'mem0 {\n\tmanifest_type = "real";\n\taddress_type = "memory";\n\tdevice_type = "alloced_ram";\n' +
        "\tguest_physical_addr = <0x0>;\n\tphysical_size = <0x6000000>;\n\talign_order = <0x15>;\n};\n",
    );
  });

  it("sets, gets and deletes attributes of each type", async () => {
    const bench = new ConsoleBench();
    await bench.text("devtree attr set /vmm names string a b; devtree attr set /vmm sizes uint32 0x10 20");
    await bench.text("devtree attr set /vmm big uint64 0x100000002; devtree attr set /vmm raw bytes 1 0xff");
    expect(await bench.text("devtree attr get /vmm names")).toBe('names = "a","b";\n');
    expect(await bench.text("devtree attr get /vmm sizes")).toBe("sizes = <0x10 0x14>;\n");
    expect(await bench.text("devtree attr get /vmm big")).toBe("big = <0x1 0x2>;\n");
    expect(await bench.text("devtree attr get /vmm raw")).toBe("raw = [0x1 0xff];\n");
    await bench.text("devtree attr del /vmm raw");
    expect((await bench.run("devtree attr get /vmm raw")).code).toBe(-1);
    expect((await bench.run("devtree attr set /vmm raw bytes 256")).code).toBe(-5);
    expect((await bench.run("devtree attr set /vmm raw float 1")).code).toBe(-1);
  });

  it("adds, copies and deletes nodes", async () => {
    const bench = new ConsoleBench();
    await bench.text("devtree node add / lab; devtree node copy /lab copy /guests/guest0/vcpus");
    expect(await bench.text("devtree node show /lab")).toBe("lab {\n\tcopy {\n\t\tvcpu0;\n\t};\n};\n");
    expect((await bench.run("devtree node add / lab")).code).toBe(-10);
    expect((await bench.run("devtree node add / bad/name")).code).toBe(-5);
    await bench.text("devtree node del /lab");
    expect((await bench.run("devtree node show /lab")).text).toContain("Error: Unable to find node at /lab\n");
    expect((await bench.run("devtree node del /")).code).toBe(-5);
  });
});

describe("disks", () => {
  it("attaches and detaches block devices", async () => {
    const bench = new ConsoleBench();
    expect(await bench.data("vdisk info guest0/virtio-blk0")).toEqual({
      name: "guest0/virtio-blk0",
      capacityBytes: 8192,
      blockDevice: "disk0",
    });
    await bench.text("vdisk detach guest0/virtio-blk0");
    expect(bench.hv.disks[0].sectorCount).toBe(0);
    expect(await bench.text("vdisk info guest0/virtio-blk0")).toContain("Block Device  : NONE\n");
    await bench.text("vdisk attach guest0/virtio-blk0 disk0");
    expect((await bench.run("vdisk attach guest0/virtio-blk0 nosuch")).code).toBe(-8);
    expect((await bench.run("vdisk info nosuch")).code).toBe(-8);
  });

  it("dumps bytes across sectors, eight a line", async () => {
    const bench = new ConsoleBench();
    bench.hv.disks[0].write(1, new Uint8Array(512).fill(0xab));
    expect(await bench.text("blockdev dump8 disk0 8 508")).toBe("508: 0x00 0x00 0x00 0x00 0xab 0xab 0xab 0xab\n");
    expect((await bench.run("blockdev dump8 disk0 64 8190")).code).toBe(-18);
    expect(await bench.text("blockdev list")).toContain(
      " disk0            ---              0                512         16\n",
    );
  });
});

describe("stdio, chardev, thread and module", () => {
  it("shows and changes the message level", async () => {
    const bench = new ConsoleBench();
    expect(await bench.text("stdio loglevel")).toBe("Current Log Level : 6\n");
    await bench.text("stdio change_loglevel 3");
    expect(bench.hv.stdio.logLevel).toBe(3);
    expect((await bench.run("stdio change_loglevel 7")).code).toBe(-18);
  });

  it("knows its one console device", async () => {
    const bench = new ConsoleBench();
    expect(await bench.text("stdio device; stdio change_device uart0")).toBe(
      "Current Device : uart0\nNew I/O Device: uart0\n",
    );
    expect((await bench.run("stdio change_device x")).text).toContain("Device x not found\n");
    expect(await bench.data("chardev list")).toEqual([{ name: "uart0", devicePath: "/motherboard/amba/uart0" }]);
  });

  it("lists threads with the ids of their VCPUs", async () => {
    expect(await new ConsoleBench().data("thread list")).toEqual([
      { id: 1, prio: 7, state: "Sleeping", name: "syswq/0" },
      { id: 2, prio: 3, state: "Running", name: "mterm" },
    ]);
  });

  it("lists emulators and commands as built-in modules", async () => {
    const bench = new ConsoleBench();
    const text = await bench.text("module list");
    expect(text).toContain("primecell,arm,pl011");
    expect(text).toMatch(new RegExp(` Total ${1 + bench.manager.families.length} modules\n$`));
    expect(await bench.text("module info 1")).toContain("Name        : command help\n");
    expect((await bench.run("module unload 0")).text).toContain("Can't unload built-in module\n");
    expect((await bench.run("module info 99")).code).toBe(-1);
  });
});

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
