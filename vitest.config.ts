import { defineConfig } from "vitest/config";

const E2E = "test/e2e/**/*.test.ts";

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 600_000,
    pool: "forks",
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: "modules", include: ["test/**/*.test.ts"], exclude: [E2E] } },
      // Its set-up makes dist/komainu.js, so it is a project of its own.
      { extends: true, test: { name: "e2e", include: [E2E], globalSetup: "test/e2e/global-setup.ts" } },
    ],
  },
});
