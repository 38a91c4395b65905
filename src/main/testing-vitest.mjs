/** `import "komainu/testing/vitest"`: gives the matchers of `komainu/testing` to vitest's `expect`. */
import { expect } from "vitest";
import testing from "./testing.cjs";

expect.extend(testing.matchers);
