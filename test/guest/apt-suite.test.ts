import { describe, expect, it } from "vitest";
import { isSuiteName, suiteSource } from "../../src/guest/apt-suite.ts";

const TARGETS = [
  "http://security.example/debian-security/ bookworm-security Debian main",
  "http://archive.example/debian/ bookworm-updates Debian main",
  "http://other.example/apt/ stable Other main",
  "http://archive.example/debian/ bookworm Debian contrib",
  "http://archive.example/debian/ bookworm Debian main",
].join("\n");

describe("suiteSource", () => {
  it("takes the archive of the release that the system has, and its keys where they are", () => {
    expect(suiteSource(TARGETS, "trixie", "/no/such/keyring")).toBe("deb http://archive.example/debian/ trixie main");
    expect(suiteSource(TARGETS, "trixie", "/dev/null")).toBe(
      "deb [signed-by=/dev/null] http://archive.example/debian/ trixie main",
    );
  });

  it("knows no line on a system of another distribution", () => {
    expect(suiteSource("http://other.example/apt/ stable Other main\n", "trixie")).toBeUndefined();
    expect(suiteSource("", "trixie")).toBeUndefined();
  });
});

describe("isSuiteName", () => {
  it("lets no second word into apt's list", () => {
    expect(["trixie", "bookworm-backports"].every(isSuiteName)).toBe(true);
    expect(["", "a b", "../x", "Trixie", "[x]", "-t"].some(isSuiteName)).toBe(false);
  });
});
