/** Measures one life of QEMU's machine, driven over its serial port as `vserial exec` drives Komainu's guest. */
import { typedLine } from "../../src/commands/shell-answer.ts";
import { answerMalformed } from "./errors.ts";
import type { GuestFiles } from "./guest-files.ts";
import type { Job, SessionSample, Timing } from "./sample.ts";
import { Subject } from "./subject.ts";

export interface QemuOptions {
  program: string;
  files: GuestFiles;
  limitSeconds: number;
}

/** Empties the shell's line, as `vserial exec` does before it types. */
const KILL_LINE = "\x15";
const CONTROL_SEQUENCE = /\x1b\[[0-9;?]*[ -/]*[@-~]/g;

export function qemuArgs({ files }: QemuOptions): string[] {
  const images = ["-kernel", files.kernel, "-dtb", files.deviceTree, "-initrd", files.initrd];
  const machine = ["-M", files.machine, "-m", `${files.machineMegabytes}`];
  const console = ["-display", "none", "-monitor", "none", "-serial", "stdio", "-no-reboot"];
  return [...machine, ...console, ...images, "-append", files.machineCommandLine];
}

export interface Answer {
  output: string;
  status: number;
}

/** What stands between the two marks in what the guest printed, once the prompt has come after them. */
export function findAnswer(text: string, mark: string, prompt: RegExp): Answer | undefined {
  const opening = `<${mark}>\r\n`;
  const start = text.indexOf(opening);
  if (start < 0) return undefined;
  const closing = new RegExp(`<${mark}:(\\d{1,3})>\\r\\n`).exec(text.slice(start));
  if (closing === null) return undefined;
  const rest = text.slice(start + closing.index + closing[0].length).replace(CONTROL_SEQUENCE, "");
  // The prompt's pattern may ask for the line end before it, which belongs to the mark.
  if (!prompt.test(`\n${rest}`)) return undefined;
  const output = text.slice(start + opening.length, start + closing.index).replaceAll("\r\n", "\n");
  return { output: output.replaceAll("\x1b[6n", ""), status: Number(closing[1]) };
}

class QemuShell {
  private readonly subject: Subject;
  private readonly prompt: RegExp;
  private commandCount = 0;

  constructor(subject: Subject, prompt: string) {
    this.subject = subject;
    this.prompt = new RegExp(prompt);
  }

  async boot(readyPattern: string): Promise<Timing> {
    const ready = new RegExp(readyPattern);
    let text = "";
    await this.subject.until((more) => {
      text += more;
      const found = ready.exec(text);
      return found !== null && this.prompt.test(text.slice(found.index).replace(CONTROL_SEQUENCE, ""));
    });
    return this.subject.lap();
  }

  /** Types one line; the time is from the first key to the prompt that follows the answer. */
  async run(command: string): Promise<Answer & { timing: Timing }> {
    const mark = `b${this.commandCount++}`;
    let text = "";
    let answer: Answer | undefined;
    this.subject.lap();
    this.subject.write(`${KILL_LINE}${typedLine(command, mark)}\r`);
    await this.subject.until((more) => {
      text += more;
      answer = findAnswer(text, mark, this.prompt);
      return answer !== undefined;
    });
    const timing = this.subject.lap();
    if (answer === undefined) throw answerMalformed(`the answer of "${command}"`, text);
    return { ...answer, timing };
  }
}

/** Boots and runs the jobs; without jobs it is the boot alone. */
export async function measureQemu(options: QemuOptions, jobs: readonly Job[]): Promise<SessionSample> {
  const { program, files, limitSeconds } = options;
  const subject = new Subject({ name: "QEMU", command: program, args: qemuArgs(options), limitSeconds });
  try {
    const shell = new QemuShell(subject, files.shellPrompt);
    const sample: SessionSample = { boot: await shell.boot(files.readyPattern), workloads: [] };
    if (jobs.length > 0) sample.roundTrip = (await shell.run(":")).timing;
    for (const { name, round, command } of jobs) {
      const { output, status, timing } = await shell.run(command);
      sample.workloads.push({ name, round, ...timing, output, status });
    }
    return sample;
  } finally {
    await subject.close();
  }
}
