/** What an interactive console shows before its first prompt. */
import { hexAddress } from "../base/index.ts";
import { sizeText } from "../board/index.ts";
import type { PoweredBoard } from "./power-on.ts";

/** Two guardians and the gate between them; ours. */
const ART = String.raw`
   /\_/\      __|________|__      /\_/\
  ( o.o )    |___|________|_|    ( o.o )
  /)   (\        |        |      /)   (\
 (_|___|_)       |        |     (_|___|_)
`;

/** Each line says something of this very machine. */
export function bannerText({ machine, board, notes, consolePort }: PoweredBoard, clock: string): string {
  const { hypervisor } = machine;
  const { name, version, date } = hypervisor.version;
  const { profile } = board;
  const init = [
    `board ${profile.name}, host ${profile.host.name}`,
    `cpu ${profile.cpu.model}, ${1_000 / profile.cpu.nsPerInstruction} MIPS of virtual time, ${clock} clock`,
    ...hypervisor.facts.ramBanks.map(
      ({ address, sizeBytes }, bank) => `ram: bank${bank} phys=${hexAddress(address)} size=${sizeBytes}`,
    ),
    ...notes.map((note) => `loader: ${note}`),
  ];
  const guests = hypervisor.guests.flatMap((guest) => [
    `${guest.name}: Created`,
    ...guest.regions.flatMap(({ name, guestAddress, sizeBytes, allocation }) =>
      allocation === undefined
        ? []
        : [
            `${guest.name}: ${name}: ${sizeText(sizeBytes)} at ${hexAddress(guestAddress)}, host ${hexAddress(allocation.address)}`,
          ],
    ),
  ]);
  const [guest] = hypervisor.guests;
  const keys: readonly (readonly [string, string])[] = [
    [`guest kick ${guest.name}`, "starts the guest"],
    [`vserial bind ${consolePort}`, "shows its console; ESC x q comes back"],
    ["ids plist", "its processes, read from outside"],
    ["help", "all commands; TAB completes, shutdown ends"],
  ];
  const width = Math.max(...keys.map(([command]) => command.length)) + 2;
  const help = keys.map(([command, does]) => `  ${command.padEnd(width)}${does}`);
  return [
    ART,
    `${name} v${version} (${date})`,
    "",
    ...init.map((line) => `INIT: ${line}`),
    ...guests,
    "",
    ...help,
    "",
  ].join("\n");
}
