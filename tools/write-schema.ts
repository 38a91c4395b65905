/**
 * Writes `boards/profile.schema.json` and `docs/scenario.schema.json` from the zod schemas; run it after a change of
 * `src/board/profile-schema.ts` or `src/scenario/language.ts`.
 */
import { writeFileSync } from "node:fs";
import { profileJsonSchema } from "../src/board/index.ts";
import { scenarioJsonSchema } from "../src/scenario/index.ts";

for (const [path, schema] of [
  ["boards/profile.schema.json", profileJsonSchema()],
  ["docs/scenario.schema.json", scenarioJsonSchema()],
] as const) {
  writeFileSync(new URL(`../${path}`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
  console.error(`wrote ${path}`);
}
