import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  executableFromPackage,
  fetchClosure,
  fetchPackage,
  packageDateS,
  packageVersion,
  plannedFiles,
} from "../../src/guest/debian.ts";
import type { ToolContext } from "../../src/guest/process.ts";
import { armElf, type FakeTools, givenFolder, makeFakeTools } from "./fake-tools.ts";

const busybox = { name: "busybox-static", architecture: "armel" };

function givenContext(fake: FakeTools): ToolContext {
  return { step: "packages", logPath: join(fake.root, "packages.log"), env: fake.env };
}

function givenPackagesFolder(fake: FakeTools): string {
  const folder = join(fake.root, "packages");
  mkdirSync(folder);
  return folder;
}

describe("fetchPackage", () => {
  it("downloads a package once, and again only to refresh it", async () => {
    const fake = makeFakeTools();
    const folder = givenPackagesFolder(fake);
    const first = await fetchPackage(givenContext(fake), busybox, folder, false);
    expect(first).toBe(join(folder, "busybox-static_1.0_armel.deb"));
    expect(await fetchPackage(givenContext(fake), busybox, folder, false)).toBe(first);
    expect(fake.calls()).toEqual(["apt-get update", "apt-get busybox-static"]);
    await fetchPackage(givenContext(fake), busybox, folder, true);
    expect(fake.calls()).toHaveLength(4);
  });

  it("leaves nothing but the package behind", async () => {
    const fake = makeFakeTools();
    const folder = givenPackagesFolder(fake);
    await fetchPackage(givenContext(fake), busybox, folder, false);
    expect(readdirSync(folder)).toEqual(["busybox-static_1.0_armel.deb"]);
  });

  it("says which package could not be got", async () => {
    const fake = makeFakeTools();
    const wanted = { name: "no-such-package", architecture: "armel" };
    await expect(fetchPackage(givenContext(fake), wanted, givenPackagesFolder(fake), false)).rejects.toMatchObject({
      code: "guest-package-unavailable",
      exitCode: 3,
      message: expect.stringContaining("no-such-package:armel"),
    });
  });
});

describe("fetchClosure", () => {
  const packages = ["?essential", "procps"];
  const files = ["base-files_12.4_armel.deb", "tzdata_2024a-0_all.deb", "zlib1g_1%3a1.2.13_armel.deb"];
  const given = (fake: FakeTools) => ({ folder: join(fake.root, "store"), architecture: "armel", refresh: false });

  it("downloads what apt plans and is not there yet, and tells how far it is", async () => {
    const fake = makeFakeTools();
    const fractions: number[] = [];
    const want = { packages, onFraction: (fraction: number) => fractions.push(fraction) };
    expect(await fetchClosure(givenContext(fake), given(fake), want)).toEqual(files);
    expect(fractions).toEqual([1 / 3, 2 / 3, 1]);
    expect(readdirSync(given(fake).folder).sort()).toEqual(files);
    expect(await fetchClosure(givenContext(fake), given(fake), want)).toEqual(files);
    expect(fake.calls().filter((call) => call.startsWith("fetched"))).toHaveLength(3);
  });

  it("reads names, versions with epochs and architectures from apt's plan", () => {
    const plan = [
      "Inst libc6:armel (2.36-9 Debian:12.0/stable [armel]) [perl-base:armel ]",
      "Inst login (1:4.13 Debian:12.0/stable, Debian-Security:12/stable-security [armel])",
      "Inst x [1] (2 Debian:12.0/stable [all])",
      "Conf x (2 Debian:12.0/stable [all])",
    ];
    expect(plannedFiles(plan.join("\n"))).toEqual([
      "libc6_2.36-9_armel.deb",
      "login_1%3a4.13_armel.deb",
      "x_2_all.deb",
    ]);
  });

  it("says which packages could not be got", async () => {
    const fake = makeFakeTools();
    fake.remove("apt-get");
    const want = { packages, onFraction: () => {} };
    await expect(fetchClosure(givenContext(fake), given(fake), want)).rejects.toMatchObject({
      code: "guest-package-unavailable",
      message: expect.stringContaining("procps"),
    });
  });
});

describe("executableFromPackage", () => {
  it("gives the program's bytes", async () => {
    const fake = makeFakeTools();
    const paths = ["usr/bin/busybox", "bin/busybox"];
    const program = await executableFromPackage(givenContext(fake), "x.deb", paths);
    expect(program).toEqual(armElf());
    expect(await packageVersion(givenContext(fake), "x.deb")).toBe("1.0");
  });

  it("refuses a program of another machine, and a package without it", async () => {
    const fake = makeFakeTools();
    const unavailable = { code: "guest-package-unavailable" };
    const missing = executableFromPackage(givenContext(fake), "x.deb", ["sbin/busybox"]);
    await expect(missing).rejects.toMatchObject(unavailable);
    const other = armElf();
    other[18] = 62; // EM_X86_64
    writeFileSync(join(fake.root, "busybox"), other);
    const wrong = executableFromPackage(givenContext(fake), "x.deb", ["bin/busybox"]);
    await expect(wrong).rejects.toMatchObject(unavailable);
  });
});

describe("packageDateS", () => {
  it("is the changelog's newest date", () => {
    const folder = givenFolder();
    const entry = (date: string): string =>
      `linux (6.1.1-1) x; urgency=high\n\n  * A.\n\n -- A B <a@b.example>  ${date}\n`;
    const text = `${entry("Tue, 14 Nov 2023 23:13:20 +0100")}\n${entry("Mon, 13 Nov 2023 23:13:20 +0100")}`;
    writeFileSync(join(folder, "changelog.Debian.gz"), gzipSync(text));
    expect(packageDateS(folder, "/none")).toBe(1_700_000_000);
  });

  it("is the archive's time where documentation is not installed", () => {
    const folder = givenFolder();
    const archive = join(folder, "source.tar.xz");
    writeFileSync(archive, "");
    utimesSync(archive, 1_600_000_000, 1_600_000_000);
    expect(packageDateS(folder, archive)).toBe(1_600_000_000);
  });
});
