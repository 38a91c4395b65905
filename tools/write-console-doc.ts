/** Writes the command part of `docs/console.md`; run it after a change of a command's declaration. */
import { readFileSync, writeFileSync } from "node:fs";
import { withCommands } from "./console-doc.ts";

const target = new URL("../docs/console.md", import.meta.url);
writeFileSync(target, withCommands(readFileSync(target, "utf8")));
console.error("wrote docs/console.md");
