/** Before the first end-to-end test: `dist/komainu.js` is made anew when a source is newer. */
import { build } from "../../tools/setup.mjs";

export const setup = (): void => build();
