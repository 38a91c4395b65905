import { createServer, type Server, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RunOptions, run } from "../../src/main/run-command.ts";
import { hasSocat, SocatPair, until } from "../serial/socat-pair.ts";
import { recordedIo } from "./recorded-io.ts";
import { READY_TEXT, TinyBoard } from "./tiny-board.ts";

/** An address of this machine that is not the loopback: what connects to it counts as remote. */
const outerAddress = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ internal, family }) => !internal && family === "IPv4")?.address;

const givenRun = (board: TinyBoard, serial: string, options: Partial<RunOptions> = {}) => {
  const io = recordedIo();
  const ended = run(io, { board: board.path, clock: "real", env: {}, verbose: false, serial, ...options });
  return { io, ended };
};

describe("run, with a terminal on a socket", () => {
  let server: Server;
  let terminal: Socket | undefined;
  let shown: string;
  let serial: string;
  let port: number;
  const boards: TinyBoard[] = [];

  beforeEach(async () => {
    shown = "";
    terminal = undefined;
    server = createServer((socket) => {
      terminal = socket;
      socket.on("data", (data) => {
        shown += data.toString();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
    const address = server.address();
    port = typeof address === "object" && address !== null ? address.port : 0;
    serial = `tcp-connect:127.0.0.1:${port}`;
  });

  afterEach(async () => {
    terminal?.destroy();
    await new Promise((resolve) => server.close(resolve));
    for (const board of boards.splice(0)) board.dispose();
  });

  const givenConsole = (ending: ConstructorParameters<typeof TinyBoard>[1], options: Partial<RunOptions> = {}) => {
    const board = new TinyBoard(READY_TEXT, ending);
    boards.push(board);
    return givenRun(board, serial, options);
  };
  const type = (text: string) => terminal?.write(text);
  const sees = (text: string) => until(() => shown.includes(text), `"${text}" in ${JSON.stringify(shown)}`);

  it.each(["real", "virtual"] as const)("gives a prompt and the guest's console, with %s time", async (clock) => {
    const { ended } = givenConsole("echo", { clock });
    await sees("XVisor# ");
    type("guest kick guest0\r");
    await sees("guest0: Kicked\r\n");
    type("vserial bind guest0/uart0\r");
    await sees("[guest0/uart0] / # ");
    type("abc");
    await sees("/ # abc");
    type("\x1bxq");
    await until(() => shown.endsWith("XVisor# "), "the prompt");
    type("shutdown\r");
    expect(await ended).toBe(0);
    expect(shown).toContain("Issuing System Shutdown");
    expect(shown.slice(shown.indexOf("Shutdown"))).not.toContain("XVisor#");
  });

  it("prints the profile of each life when it is over", async () => {
    const { ended, io } = givenConsole("spin", { profile: true, json: true });
    await sees("XVisor# ");
    type("reset\r");
    await until(() => shown.split("Komainu v").length === 3 && shown.endsWith("XVisor# "), "the second banner");
    type("shutdown\r");
    expect(await ended).toBe(0);
    expect(io.stderr.match(/^\{"schema":"komainu\.profile\/1",.*\}$/gm)).toHaveLength(2);
  });

  it("starts anew after reset", async () => {
    const { ended } = givenConsole("wait");
    await sees("XVisor# ");
    type("guest kick guest0\r");
    await sees("Kicked");
    type("reset\r");
    await until(() => shown.split("Komainu v").length === 3 && shown.endsWith("XVisor# "), "the second banner");
    type("vcpu list\r");
    await until(() => /guest0\/vcpu0/.test(shown), "the list");
    expect(shown.slice(shown.lastIndexOf("vcpu list"))).toMatch(/Reset\s+.*guest0\/vcpu0|guest0\/vcpu0.*Reset/);
    type("shutdown\r");
    expect(await ended).toBe(0);
  });

  it("stays usable when the guest halts itself", async () => {
    const { ended } = givenConsole("halt");
    await sees("XVisor# ");
    type("guest kick guest0\r");
    await sees("vcpu halted");
    type("version\r");
    await until(() => shown.split("Komainu v").length === 3, "the answer");
    type("shutdown\r");
    expect(await ended).toBe(0);
  });

  it("counts what is typed as interrupts of the host's UART", async () => {
    const { ended } = givenConsole("wait");
    await sees("XVisor# ");
    type("echo a\r");
    await sees("\na \r\n");
    type("host irq stats\r");
    await until(() => /uart0\s+\S+\s+[2-9]/.test(shown), "interrupts of uart0");
    type("shutdown\r");
    expect(await ended).toBe(0);
  });

  it.skipIf(outerAddress === undefined)("lets no terminal of another machine take a serial port", async () => {
    serial = `tcp-connect:${outerAddress}:${port}`;
    const { ended } = givenConsole("wait");
    await sees("XVisor# ");
    type("vserial bind guest0/uart0\r");
    await sees("Error: command vserial filtered\r\n");
    type("vserial list\r");
    await sees(" guest0/uart0\r\n");
    type("shutdown\r");
    expect(await ended).toBe(0);
  });

  it("lets time pass for the console's own sleep", async () => {
    const { ended } = givenConsole("wait");
    await sees("XVisor# ");
    type("sleep msecs 30; echo slept\r");
    await sees("\nslept \r\n");
    type("shutdown\r");
    expect(await ended).toBe(0);
  });

  it("ends when the terminal goes for good", async () => {
    const { ended } = givenConsole("spin");
    await sees("XVisor# ");
    type("guest kick guest0\r");
    await sees("Kicked");
    terminal?.destroy();
    expect(await ended).toBe(0);
  });

  it("ends with 130 on a signal, with the terminal let go", async () => {
    const { ended } = givenConsole("spin");
    await sees("XVisor# ");
    process.kill(process.pid, "SIGHUP");
    expect(await ended).toBe(130);
    expect(process.listenerCount("SIGHUP")).toBe(0);
  });

  it("says that nobody listens at the other end", async () => {
    const board = new TinyBoard(READY_TEXT, "wait");
    boards.push(board);
    await expect(givenRun(board, "unix-connect:/nonexistent/console").ended).rejects.toMatchObject({ exitCode: 3 });
  });
});

describe.skipIf(!hasSocat)("run, on a serial line with a terminal program at its end", () => {
  it("is usable before and after an unplug", async () => {
    const board = new TinyBoard(READY_TEXT, "echo");
    const pair = new SocatPair();
    await pair.plug();
    const { io, ended } = givenRun(board, `${pair.ours},115200`);
    await until(() => io.stderr.includes("Console on"), "the port");
    const open = () => {
      const program = pair.peer("socat", "-", `OPEN:${pair.theirs},raw,echo=0`);
      let shown = "";
      program.stdout?.on("data", (data) => {
        shown += data;
      });
      return { type: (text: string) => program.stdin?.write(text), text: () => shown };
    };
    const first = open();
    first.type("\r");
    await until(() => first.text().includes("XVisor# "), "the prompt");
    first.type("guest kick guest0\r");
    await until(() => first.text().includes("Kicked"), "the kick");
    await pair.unplug();
    await until(() => io.stderr.includes("disconnected"), "the unplug");
    await pair.plug();
    const second = open();
    await until(() => {
      second.type("\r");
      return second.text().includes("XVisor# ");
    }, "the prompt after the replug");
    second.type("vserial dump guest0/uart0\r");
    await until(() => second.text().includes("komainu: guest ready"), "what the guest said meanwhile");
    second.type("shutdown\r");
    expect(await ended).toBe(0);
    await pair.dispose();
    board.dispose();
  });
});
