/** `komainu console` for the command line: its options and help. */
import type { Command } from "commander";
import type { ConsoleOptions } from "./console-command.ts";
import { examples, type Finish } from "./declaration.ts";
import { consoleNeedsPort } from "./errors.ts";
import type { ProgramIo } from "./program-io.ts";

export function addConsole(program: Command, io: ProgramIo, finish: Finish): void {
  program
    .command("console")
    .description("a serial terminal on a port")
    .argument("[port]", "/dev/ttyX[,baud]; tcp:, telnet:, rfc2217: or ws:HOST:PORT; unix:PATH")
    .option("--list", "list this machine's ports: what they are, where they are plugged in, who holds them")
    .option("--json", "the list as a line of JSON a port")
    .option("--escape <key>", "the key before the terminal's own keys: ctrl-a to ctrl-z, or none", "ctrl-t")
    .option(
      "--timestamp [format]",
      "a time before each line: 24hour, 24hour-start, 24hour-delta, iso8601, epoch, or virtual for the guest's own time by telnet:, rfc2217: or ws:",
    )
    .option("--hex", "show bytes as hexdump does")
    .option(
      "--map <names>",
      "line ends and keys: ICRNL, IGNCR, INLCR, INLCRNL, IFFESCC, OCRNL, OIGNCR, ONLCR, ONLCRNL, ODELBS, OBSDEL",
    )
    .option("--log <file>", "append what arrives to a file")
    .option("--log-stripped <file>", "the same without control sequences")
    .option("--no-reconnect", "end when the other end goes away")
    .option("--send <file>", "send a file when connected; without a terminal, end afterwards")
    .option("--receive <path>", "receive files when connected: into a folder by Y-modem, or one file by X-modem")
    .option("--force", "received files replace what is there; without it they get a number behind their name")
    .option("--protocol <name>", "for --send and --receive: xmodem, xmodem-1k or ymodem", "ymodem")
    .option("--script <file>", "run steps in the language of `komainu test` on the line, and end: docs/ci.md")
    .option("--then-interactive", "the terminal goes on behind a script")
    .option("--token-file <file>", "the word that a ws: port of another machine wants")
    .addHelpText(
      "after",
      `${examples(
        "console --list",
        "console /dev/ttyUSB0,115200 --timestamp --log-stripped boot.log",
        "console telnet:localhost:4000 --timestamp virtual",
        "console rfc2217:desk:4001 --map INLCRNL,ODELBS",
        "console /dev/ttyUSB0 --send u-boot.img --protocol xmodem-1k",
        "console /dev/ttyUSB0 --receive logs/",
        "console /dev/ttyUSB0 --script login.yaml --then-interactive",
      )}
Behind the escape key: q quits, ? shows the other keys.`,
    )
    .action(async (port: string | undefined, flags: ConsoleOptions & { list?: boolean; json?: boolean }) => {
      const { consoleTerminal, consoleList } = await import("./console-command.ts");
      if (flags.list === true) finish(consoleList(io, flags));
      else if (port === undefined) throw consoleNeedsPort("");
      else finish(await consoleTerminal(io, port, flags));
    });
}
