/** Writes `boards/profile.schema.json` from the profile's zod schema; run it after a change of `src/board/profile-schema.ts`. */
import { writeFileSync } from "node:fs";
import { profileJsonSchema } from "../src/board/index.ts";

const target = new URL("../boards/profile.schema.json", import.meta.url);
writeFileSync(target, `${JSON.stringify(profileJsonSchema(), null, 2)}\n`);
console.error("wrote boards/profile.schema.json");
