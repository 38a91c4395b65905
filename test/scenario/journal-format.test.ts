import { describe, expect, it } from "vitest";
import { type Journal, journalText, parseJournal } from "../../src/scenario/journal-format.ts";

const digest = "ab".repeat(32);

const journal: Journal = {
  header: {
    schema: "komainu.journal/1",
    program: { version: "0.1.0" },
    scenario: { name: "one", place: "a.yaml:1:1" },
    board: { name: "tiny", profile: "{}" },
    start: "prompt",
    images: { kernel: digest, deviceTree: digest, overlays: [] },
    begin: [100, 500],
  },
  events: [
    { at: [100, 500], send: "guest0/uart0", bytes: "ls\r\xff" },
    { at: [120, 600], command: "vcpu list" },
    { at: [130, 650], resume: true },
  ],
  end: { end: [140, 700], stateHash: digest, console: { byteCount: 3, sha256: digest }, failure: "it did not come" },
};

describe("journals as text", () => {
  it("come back as they were", () => expect(parseJournal(journalText(journal), "j")).toEqual(journal));

  it("of a run at a console have its line, its clock and the guest alone at the end", () => {
    const run: Journal = {
      header: { ...journal.header, start: "off", rootfs: "debian", baudPacing: true, epochSeconds: 1_700_000_000 },
      events: [
        { at: [1, 2], line: "guest0/uart0", event: { kind: "settings", settings: { baudRate: 9600, parity: "even" } } },
        { at: [1, 3], line: "guest0/uart0", event: { kind: "modem", lines: { dtr: false } } },
        { at: [1, 4], line: "guest0/uart0", event: { kind: "break", isOn: true } },
      ],
      end: { end: [5, 6], guestHash: digest, console: { byteCount: 0, sha256: digest } },
    };
    expect(parseJournal(journalText(run), "j")).toEqual(run);
  });

  it("are refused with the line when a byte was changed, or the end is missing", () => {
    const text = journalText(journal);
    const changed = text.replace("vcpu list", "vcpu halt");
    expect(() => parseJournal(changed, "j")).toThrow(/^j:6:1: expected lines that match their digest/);
    expect(() => parseJournal(text.slice(0, -5), "j")).toThrow(
      /^j:5:1: expected a journal of at least three whole lines/,
    );
    expect(() => parseJournal("", "j")).toThrow(/^j:1:1:/);
    expect(() => parseJournal(text.replace("journal/1", "journal/9"), "j")).toThrow(
      /^j:1:1: expected the schema komainu.journal\/1/,
    );
  });

  it("are refused with the line when an input is none, whatever the digest says", () => {
    const forged = journalText({ ...journal, events: [{ at: [1, 2], smash: true }] as never });
    expect(() => parseJournal(forged, "j")).toThrow(/^j:2:1: expected an event, found/);
  });
});
