import { describe, expect, it } from "vitest";
import { attributeText, cells, DeviceTree, strings } from "../../src/vm/devtree.ts";

const given = (): DeviceTree => {
  const tree = new DeviceTree();
  tree.root.set("model", strings("board"));
  tree
    .ensure("/soc/uart0")
    .set("reg", cells(0x1000, 0x20))
    .set("raw", { kind: "bytes", bytes: [1, 255] });
  tree.ensure("/soc/rtc0");
  return tree;
};

describe("the host device tree", () => {
  it("finds nodes by their path, with or without doubled slashes", () => {
    const tree = given();
    expect(tree.find("/soc/uart0")?.path).toBe("/soc/uart0");
    expect(tree.find("//soc//uart0/")?.name).toBe("uart0");
    expect(tree.find("/")?.path).toBe("/");
    expect([tree.find("/soc/uart9"), tree.find("soc"), tree.find("")]).toEqual([undefined, undefined, undefined]);
  });

  it("makes a node once", () => {
    const tree = given();
    expect(tree.ensure("/soc/uart0")).toBe(tree.find("/soc/uart0"));
    expect(tree.find("/soc")?.children).toHaveLength(2);
  });

  it("prints nodes, and attributes in device tree source style when asked", () => {
    const tree = given();
    expect(tree.root.text(false)).toBe("/ {\n\tsoc {\n\t\tuart0;\n\t\trtc0;\n\t};\n};\n");
    expect(tree.find("/soc/uart0")?.text(true)).toBe("uart0 {\n\treg = <0x1000 0x20>;\n\traw = [0x1 0xff];\n};\n");
    expect(attributeText(strings("a", "b"))).toBe('"a","b"');
    expect(attributeText(cells(0xffffffff, -1))).toBe("<0xffffffff 0xffffffff>");
  });

  it("removes a node with all below it", () => {
    const tree = given();
    tree.find("/soc")?.remove();
    expect([tree.find("/soc"), tree.find("/soc/uart0")]).toEqual([undefined, undefined]);
  });

  it("copies a node so that the copy is independent", () => {
    const tree = given();
    const soc = tree.ensure("/soc");
    tree.root.addCopy("twin", soc);
    tree.ensure("/twin/uart0").set("reg", cells(7));
    expect(attributeText(tree.ensure("/soc/uart0").attributes.get("reg") ?? cells())).toBe("<0x1000 0x20>");
  });

  it("comes back from its saved state, without what was added since", () => {
    const tree = given();
    const state = structuredClone(tree.save());
    const text = tree.root.text(true);
    tree.ensure("/soc/added");
    tree.ensure("/soc/uart0").attributes.clear();
    tree.restore(state);
    expect(tree.root.text(true)).toBe(text);
  });
});
