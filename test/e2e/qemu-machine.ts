/** The same guest on QEMU, typed at over its serial port and asked for pictures over its monitor. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { loadBoard } from "../../src/board/index.ts";
import { deviceModels } from "../../src/devices/index.ts";
import { BOARD, cleanEnv, guestFolder } from "./program.ts";

export const hasQemu = spawnSync("qemu-system-arm", ["--version"]).status === 0;
export const NO_QEMU = "these tests need qemu-system-arm: apt-get install qemu-system-arm";

const PROMPT = /# (\x1b\[6n)?$/;

export class QemuMachine {
  private readonly child: ChildProcess;
  private readonly monitorPath: string;
  private text = "";
  private errors = "";
  private onText: () => void = () => {};
  private commands = 0;

  /** `folder` is for the monitor's socket. */
  constructor(folder: string) {
    const { boot, guest } = loadBoard(BOARD, { models: deviceModels }).profile;
    this.monitorPath = join(folder, "monitor");
    const images = join(guestFolder());
    const args = [
      ...["-M", "versatilepb", "-m", `${guest.memorySizeBytes / 2 ** 20}`, "-display", "none", "-no-reboot"],
      ...["-serial", "stdio", "-monitor", `unix:${this.monitorPath},server=on,wait=off`],
      ...["-kernel", join(images, "zImage"), "-dtb", join(images, "versatile-pb.dtb")],
      ...["-initrd", join(images, "initrd.cpio.gz"), "-append", boot.commandLine],
    ];
    this.child = spawn("qemu-system-arm", args, { env: cleanEnv(), stdio: "pipe" });
    this.child.stdout?.setEncoding("latin1").on("data", (more: string) => {
      this.text += more;
      this.onText();
    });
    this.child.stderr?.setEncoding("utf8").on("data", (more: string) => {
      this.errors += more;
    });
    this.child.once("close", () => this.onText());
  }

  /** Resolves with the match when the console has this. */
  private async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.text);
      if (found !== null) return found;
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`QEMU ended early: ${this.errors}; its console:\n${this.text.slice(-2000)}`);
      await new Promise<void>((resolve) => {
        this.onText = resolve;
      });
    }
  }

  async booted(): Promise<void> {
    const { readyPattern } = loadBoard(BOARD, { models: deviceModels }).profile.boot;
    await this.until(new RegExp(`${readyPattern}[^]*${PROMPT.source}`));
  }

  /** Runs a line at the guest's shell; what it printed. */
  async shell(line: string): Promise<string> {
    const mark = `done${++this.commands}`;
    this.text = "";
    // The quotes keep the mark from being found in the echo of the line.
    this.child.stdin?.write(`${line}; echo "${mark.slice(0, 2)}""${mark.slice(2)}"\r`);
    const [all] = await this.until(new RegExp(`\\r\\n[^]*${mark}\\r\\n[^]*${PROMPT.source}`));
    return all;
  }

  /** Writes what the display shows to a file, as PNG. */
  async screendump(file: string): Promise<void> {
    const socket = connect(this.monitorPath).setEncoding("utf8");
    let answer = "";
    let isAsked = false;
    // It prompts once for being there, and again when the picture is written.
    for await (const more of socket) {
      answer += more;
      const prompts = answer.split("(qemu) ").length - 1;
      if (prompts > 1) break;
      if (prompts === 1 && !isAsked) {
        isAsked = true;
        socket.write(`screendump ${file} -f png\n`);
      }
    }
    socket.destroy();
    if (/error/i.test(answer)) throw new Error(`QEMU's monitor: ${answer}`);
  }

  stop(): void {
    this.child.kill("SIGKILL");
  }
}
