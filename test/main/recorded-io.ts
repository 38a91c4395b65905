/** A program's outside world for tests: what it prints is kept. */
import type { ProgramIo } from "../../src/main/program-io.ts";

export interface RecordedIo extends ProgramIo {
  readonly stdout: string;
  readonly stderr: string;
}

export function recordedIo(env: NodeJS.ProcessEnv = {}, isErrTerminal = false): RecordedIo {
  const chunks: Record<"out" | "err", string> = { out: "", err: "" };
  return {
    out: (text) => {
      chunks.out += typeof text === "string" ? text : Buffer.from(text).toString("utf8");
    },
    err: (text) => {
      chunks.err += text;
    },
    env,
    isErrTerminal,
    get stdout() {
      return chunks.out;
    },
    get stderr() {
      return chunks.err;
    },
  };
}
