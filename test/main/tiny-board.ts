/** A board whose guest is a few hand-assembled instructions: it prints a text on uart0 and then does one thing for ever. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fdtCells, fdtNode, fdtStrings } from "../../src/board/fdt-tree.ts";
import { writeFdt } from "../../src/board/fdt-write.ts";

/** What the guest does after its text. */
const endings = {
  /** Waits for an interrupt that never comes. */
  wait: [
    0xee070f90, // wait: mcr p15, 0, r0, c7, c0, 4
    0xeafffffd, // b wait
  ],
  /** Halts itself with interrupts off. */
  halt: [0xeafffffe], // b .
  /** Counts, and never ends. */
  spin: [
    0xe2800001, // spin: add r0, r0, #1
    0xeafffffd, // b spin
  ],
  /** Sends back what it gets. */
  echo: [
    0xe5913018, // echo: ldr r3, [r1, #0x18]   FR
    0xe3130010, //       tst r3, #0x10          RXFE
    0x1afffffc, //       bne echo
    0xe5910000, //       ldr r0, [r1]           DR
    0xe5810000, //       str r0, [r1]
    0xeafffff9, //       b echo
  ],
} as const;

function assemble(text: string, ending: keyof typeof endings): Uint8Array {
  const start = [
    0xe3a01201, //       mov r1, #0x10000000
    0xe381181f, //       orr r1, r1, #0x1f0000
    0xe3811a01, //       orr r1, r1, #0x1000    uart0
    0xe3a00c03, //       mov r0, #0x300
    0xe3800001, //       orr r0, r0, #1
    0xe5810030, //       str r0, [r1, #0x30]    CR: UARTEN, TXE, RXE
    0, //                add r2, pc, #text
    0xe4d20001, // next: ldrb r0, [r2], #1
    0xe3500000, //       cmp r0, #0
    0x15c10000, //       strneb r0, [r1]
    0x1afffffb, //       bne next
  ];
  const code = [...start, ...endings[ending]];
  code[6] = 0xe28f2000 | (code.length * 4 - (6 * 4 + 8));
  const image = Buffer.alloc(code.length * 4 + text.length + 1);
  for (const [index, word] of code.entries()) image.writeUInt32LE(word >>> 0, index * 4);
  image.write(text, code.length * 4, "latin1");
  return image;
}

export class TinyBoard {
  readonly folder = mkdtempSync(join(tmpdir(), "komainu-tiny-"));
  readonly path = join(this.folder, "tiny.json");

  /** `boot` changes the profile's part of that name. */
  /** `memory` in place of the real board's, where a test reads all of it often. */
  constructor(
    text: string,
    ending: keyof typeof endings,
    boot: Readonly<Record<string, unknown>> = {},
    memory: { readonly host: string; readonly guest: string } = { host: "256M", guest: "96M" },
  ) {
    const profile = JSON.parse(readFileSync("boards/versatilepb.json", "utf8"));
    profile.name = "tiny";
    profile.host.ramSize = memory.host;
    profile.guest.memory = memory.guest;
    Object.assign(profile.boot, boot);
    profile.boot.images = { kernel: "./tiny.bin", deviceTree: "./tiny.dtb" };
    writeFileSync(this.path, JSON.stringify(profile));
    writeFileSync(join(this.folder, "tiny.bin"), assemble(text, ending));
    const root = fdtNode("", { "#address-cells": fdtCells(1), "#size-cells": fdtCells(1), model: fdtStrings("tiny") });
    writeFileSync(join(this.folder, "tiny.dtb"), writeFdt({ root, reservations: [], bootCpuId: 0 }));
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const READY_TEXT = "hello\r\nkomainu: guest ready\r\n/ # ";
