import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ReceivedFiles, safeName } from "../../src/terminal/received-files.ts";

describe("a name from the line", () => {
  it.each([
    ["u-boot.img", "u-boot.img"],
    ["../../etc/passwd", "passwd"],
    ["C:\\boot\\kernel.img", "kernel.img"],
    ["/", "received"],
    ["..", "received"],
    ["", "received"],
    [".bashrc", "bashrc"],
    ["-rf", "_rf"],
    ["a\x1b[2Jb\r\n", "a_[2Jb__"],
    ["evil\u202egnp.exe", "evil_gnp.exe"],
    ["Üben.txt", "Üben.txt"],
  ])("%j becomes %j", (offered, name) => expect(safeName(offered)).toBe(name));

  it("is cut where it is too long, between characters", () => {
    const name = safeName("ü".repeat(300));
    expect(Buffer.byteLength(name)).toBe(200);
    expect(name).toBe("ü".repeat(100));
    expect(safeName(`a${"ü".repeat(300)}`)).toBe(`a${"ü".repeat(99)}`);
  });
});

describe("received files", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "komainu-received-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const receive = (files: ReceivedFiles, name: string | undefined, text: string): void => {
    files.begin({ name });
    files.write(Buffer.from(text));
    files.end();
  };

  it("go into the folder by their names, and over nothing that is there", () => {
    const paths: string[] = [];
    const files = new ReceivedFiles(folder, { protocol: "ymodem", onFile: (path) => paths.push(path) });
    for (const text of ["one", "two", "three"]) receive(files, "a.bin", text);
    receive(files, "../out", "inside");
    expect(readdirSync(folder).sort()).toEqual(["a.bin", "a.bin.1", "a.bin.2", "out"]);
    expect(readFileSync(join(folder, "a.bin"), "utf8")).toBe("one");
    expect(readFileSync(join(folder, "a.bin.2"), "utf8")).toBe("three");
    expect(paths[3]).toBe(join(folder, "out"));
  });

  it("follow no link out of the folder", () => {
    const outside = join(folder, "outside");
    const inside = join(folder, "in");
    mkdirSync(inside);
    writeFileSync(outside, "kept");
    symlinkSync(outside, join(inside, "a"));
    receive(new ReceivedFiles(inside, { protocol: "ymodem" }), "a", "new");
    expect(readFileSync(join(inside, "a.1"), "utf8")).toBe("new");
    receive(new ReceivedFiles(inside, { protocol: "ymodem", force: true }), "a", "forced");
    expect(readFileSync(join(inside, "a"), "utf8")).toBe("forced");
    expect(readFileSync(outside, "utf8")).toBe("kept");
  });

  it("replace what is there when that is wanted", () => {
    writeFileSync(join(folder, "x"), "old");
    const path = join(folder, "x");
    expect(() => new ReceivedFiles(path, { protocol: "xmodem" })).toThrow(
      expect.objectContaining({ code: "receive-target-invalid" }),
    );
    receive(new ReceivedFiles(path, { protocol: "xmodem", force: true }), undefined, "new");
    expect(readFileSync(path, "utf8")).toBe("new");
  });

  it("leave nothing when they do not come whole", () => {
    const files = new ReceivedFiles(folder, { protocol: "ymodem" });
    files.begin({ name: "half" });
    files.write(Buffer.from("ha"));
    expect(readdirSync(folder)).toHaveLength(1);
    files.abandon();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("need a folder by Y-modem and a file by X-modem, and a place that can be written", () => {
    const code = (make: () => unknown) => {
      try {
        make();
        return "none";
      } catch (error) {
        return (error as { code?: string }).code;
      }
    };
    expect(code(() => new ReceivedFiles(join(folder, "none"), { protocol: "ymodem" }))).toBe("receive-target-invalid");
    expect(code(() => new ReceivedFiles(folder, { protocol: "xmodem" }))).toBe("receive-target-invalid");
    const lost = new ReceivedFiles(join(folder, "none", "x"), { protocol: "xmodem" });
    expect(code(() => lost.begin({}))).toBe("file-unwritable");
  });
});
