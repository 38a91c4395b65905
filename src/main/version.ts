/** Name, version and build date; the bundler puts the date in. */
import packageJson from "../../package.json" with { type: "json" };

declare const KOMAINU_BUILD_DATE: string | undefined;

export const versionInfo = {
  name: "Komainu",
  version: packageJson.version,
  /** `Nov 21 2026 20:14:32`; `from source` when it runs without a build. */
  date: typeof KOMAINU_BUILD_DATE === "string" ? KOMAINU_BUILD_DATE : "from source",
};
