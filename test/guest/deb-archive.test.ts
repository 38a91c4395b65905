import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { plainPackage, writePlainPackage } from "../../src/guest/deb-archive.ts";
import { findTool } from "../../src/guest/tools.ts";
import { givenFolder } from "./fake-tools.ts";

const hasDpkg = findTool("dpkg-deb", process.env.PATH ?? "") !== undefined;
const tool = (command: string, ...args: readonly string[]): string =>
  execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

describe("a package without compression", () => {
  it("begins its members at even places", () => {
    const text = Buffer.from(plainPackage(Buffer.from("abc"), Buffer.from("defgh"))).toString("latin1");
    const at = (part: string): number => text.indexOf(part) % 2;
    expect(text.startsWith("!<arch>\ndebian-binary   0")).toBe(true);
    expect([at("control.tar "), at("data.tar ")]).toEqual([0, 0]);
    expect(text).toMatch(/control\.tar {5}0 {11}0 {5}0 {5}100644 {2}3 {9}`\nabc\ndata\.tar/);
  });

  it.skipIf(!hasDpkg)("is the same package to dpkg", async () => {
    const folder = givenFolder();
    const tree = join(folder, "tree");
    for (const part of ["DEBIAN", "usr/share/doc"]) mkdirSync(join(tree, part), { recursive: true });
    const fields = "Package: tiny\nVersion: 1:2-3\nArchitecture: all\nMaintainer: nobody\nDescription: tiny\n";
    writeFileSync(join(tree, "DEBIAN/control"), fields);
    writeFileSync(join(tree, "usr/share/doc/text"), "text\n");
    const [packed, plain] = [join(folder, "packed.deb"), join(folder, "plain.deb")];
    tool("dpkg-deb", "--build", "--root-owner-group", tree, packed);
    const context = { step: "unpack", logPath: join(folder, "log"), env: process.env };
    await writePlainPackage(context, packed, plain);
    for (const option of ["--field", "--contents"])
      expect(tool("dpkg-deb", option, plain)).toBe(tool("dpkg-deb", option, packed));
    expect(readdirSync(folder).sort()).toEqual(["log", "packed.deb", "plain.deb", "tree"]);
    expect(existsSync(plain)).toBe(true);
  });
});
