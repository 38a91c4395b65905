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
