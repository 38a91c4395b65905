/** `vdisplay`: the guest's displays, and what one of them shows as a picture. */
import { writeFileSync } from "node:fs";
import { Status } from "../base/index.ts";
import type { CommandFamily, CommandResult } from "../shell/index.ts";
import { columns, failed, ok, table, word } from "../shell/index.ts";
import { encodePng, type GuestDisplay } from "../vm/index.ts";
import type { CommandContext } from "./context.ts";
import { form } from "./context.ts";

const displayName = word("vdisplay", ({ hv }: CommandContext) => hv.control.displays().map(({ name }) => name));

function saveTo(display: GuestDisplay, file: string): CommandResult {
  if (!display.isOn) return failed(Status.fail, `Error: expected ${display.name} to be on, found that it is off\n`);
  const picture = display.picture();
  if (picture === undefined) {
    const found = `found one at 0x${display.baseAddress.toString(16)}`;
    return failed(Status.fail, `Error: expected a frame in the guest's memory, ${found}\n`);
  }
  try {
    writeFileSync(file, encodePng(picture));
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return failed(Status.fail, `Error: expected to write a picture, found ${found}\n`);
  }
  const { width, height } = picture;
  return ok(`${display.name}: ${width} by ${height} pixels written to ${file}\n`, {
    name: display.name,
    width,
    height,
    file,
  });
}

export const vdisplay: CommandFamily<CommandContext> = {
  name: "vdisplay",
  summary: "list guest displays, and save what one shows as PNG",
  forms: [
    form({
      words: "list",
      run: ({ hv }) =>
        table(
          { columns: columns(["Name", 30], ["Size", 12], ["Bits/Pixel", 12], ["State", 8]) },
          hv.control
            .displays()
            .map(({ name, width, height, bitsPerPixel, isOn }) => [
              name,
              isOn ? `${width}x${height}` : "---",
              isOn ? bitsPerPixel : "---",
              isOn ? "on" : "off",
            ]),
        ),
    }),
    form({
      words: "save",
      args: { name: displayName, file: word("file") },
      run: ({ hv }, { name, file }) => {
        const display = hv.control.displays().find((candidate) => candidate.name === name);
        return display === undefined
          ? failed(Status.noDevice, "Failed to find virtual display\n")
          : saveTo(display, file);
      },
    }),
  ],
};
