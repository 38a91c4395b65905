/** `wallclock`: the hypervisor's time of day and time zone. */
import { Status } from "../base/index.ts";
import type { CommandFamily } from "../shell/index.ts";
import { decimal, failed, ok, optional, word } from "../shell/index.ts";
import type { WallClock } from "../vm/index.ts";
import type { CommandContext } from "./context.ts";
import { form } from "./context.ts";

const dayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** Time zones reach from UTC-12:00 to UTC+14:00. */
const MAX_ZONE_HOURS = 14;
const FIRST_YEAR = 1970;
const LAST_YEAR = 2105;

/** `UTC`, `UTC+5:30`, `UTC-3:0`. */
export function zoneText(zoneMinutes: number): string {
  if (zoneMinutes === 0) return "UTC";
  const minutes = Math.abs(zoneMinutes);
  return `UTC${zoneMinutes < 0 ? "-" : "+"}${Math.floor(minutes / 60)}:${minutes % 60}`;
}

/** `Fri Mar  5 10:20:30 UTC+5:30 2021`; hours, minutes and seconds are not padded. */
export function timeText({ epochSeconds, zoneMinutes }: Pick<WallClock, "epochSeconds" | "zoneMinutes">): string {
  const local = new Date((epochSeconds + zoneMinutes * 60) * 1000);
  const day = String(local.getUTCDate()).padStart(2);
  const time = `${local.getUTCHours()}:${local.getUTCMinutes()}:${local.getUTCSeconds()}`;
  const date = `${dayNames[local.getUTCDay()]} ${monthNames[local.getUTCMonth()]} ${day}`;
  return `${date} ${time} ${zoneText(zoneMinutes)} ${local.getUTCFullYear()}`;
}

/** Minutes east of UTC of `+5:30` or `-3:0`. */
function parseZone(text: string): number | undefined {
  const match = /^([+-])(\d{1,2}):(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [hours, minutes] = [Number(match[2]), Number(match[3])];
  if (hours > MAX_ZONE_HOURS || minutes > 59) return undefined;
  return (match[1] === "-" ? -1 : 1) * (hours * 60 + minutes);
}

/** Seconds since midnight of `h:m:s`. */
function parseTime(text: string): number | undefined {
  const match = /^(\d{1,2}):(\d{1,2}):(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [hours, minutes, seconds] = match.slice(1).map(Number);
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  return (hours * 60 + minutes) * 60 + seconds;
}

/** 0 to 11, of a name or a number from 1. */
function parseMonth(text: string): number | undefined {
  const byName = monthNames.findIndex((name) => name.toLowerCase() === text.toLowerCase());
  if (byName >= 0) return byName;
  const value = /^\d{1,2}$/.test(text) ? Number(text) - 1 : -1;
  return value >= 0 && value < 12 ? value : undefined;
}

const zone = { ...word("zone"), usage: "+/-<h>:<m>", expects: "a zone such as +5:30", parse: parseZone };
const time = { ...word("time"), usage: "<h>:<m>:<s>", expects: "a time such as 10:20:30", parse: parseTime };
const month = {
  ...word("month"),
  expects: "a month (Jan..Dec or 1..12)",
  parse: parseMonth,
  complete: () => monthNames,
};

export const wallclock: CommandFamily<CommandContext> = {
  name: "wallclock",
  summary: "show or set the time of day and the time zone",
  forms: [
    form({
      words: "get_time",
      run: ({ hv }) => {
        const { epochSeconds, zoneMinutes } = hv.wallClock;
        return ok(`${timeText(hv.wallClock)}\n`, { epochSeconds, zoneMinutes });
      },
    }),
    form({
      words: "set_time",
      args: { time, day: decimal("day"), month, year: decimal("year"), zone: optional(zone) },
      run: ({ hv }, args) => {
        const isYear = args.year >= FIRST_YEAR && args.year <= LAST_YEAR;
        const midnight = new Date(Date.UTC(args.year, args.month, args.day));
        if (!isYear || midnight.getUTCMonth() !== args.month || midnight.getUTCDate() !== args.day) {
          const found = `${args.day} ${monthNames[args.month]} ${args.year}`;
          return failed(Status.invalid, `Error: expected a date from ${FIRST_YEAR} to ${LAST_YEAR}, found ${found}\n`);
        }
        if (args.zone !== undefined) hv.wallClock.zoneMinutes = args.zone;
        hv.wallClock.set(midnight.getTime() / 1000 + args.time - hv.wallClock.zoneMinutes * 60);
        return ok();
      },
    }),
    form({
      words: "get_timezone",
      run: ({ hv }) => ok(`${zoneText(hv.wallClock.zoneMinutes)}\n`, hv.wallClock.zoneMinutes),
    }),
    form({
      words: "set_timezone",
      args: { zone },
      run: ({ hv }, args) => {
        hv.wallClock.zoneMinutes = args.zone;
        return ok();
      },
    }),
  ],
};
