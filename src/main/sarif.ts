/** Findings in a board's profile as SARIF 2.1.0 (OASIS), for code scanning and editors. */
import { createHash } from "node:crypto";
import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { Finding } from "../board/index.ts";
import { versionInfo } from "./version.ts";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

/** Relative to where the run began, as code scanning wants it, where the file lies below. */
function uriOf(path: string, folder: string): string {
  const below = relative(folder, path).replaceAll("\\", "/");
  return below.startsWith("..") ? pathToFileURL(path).href : encodeURI(below);
}

/** Equal for the same finding after lines before it were added: its rule, file and text. */
const fingerprint = (uri: string, { code, message }: Finding): string =>
  createHash("sha256").update(`${uri}\0${code}\0${message}`).digest("hex");

export function sarifText(path: string, findings: readonly Finding[], folder = process.cwd()): string {
  const uri = uriOf(path, folder);
  const rules = [...new Set(findings.map(({ code }) => code))].sort();
  const results = findings.map((finding) => {
    const { code, severity, message, hint, line, column } = finding;
    return {
      ruleId: code,
      ruleIndex: rules.indexOf(code),
      level: severity,
      message: { text: hint === undefined ? message : `${message}. ${hint}` },
      locations: [
        { physicalLocation: { artifactLocation: { uri }, region: { startLine: line, startColumn: column } } },
      ],
      partialFingerprints: { "komainu/v1": fingerprint(uri, finding) },
    };
  });
  const driver = { name: "komainu board lint", version: versionInfo.version, rules: rules.map((id) => ({ id })) };
  const run = { tool: { driver }, columnKind: "utf16CodeUnits", results };
  return `${JSON.stringify({ $schema: SCHEMA, version: "2.1.0", runs: [run] }, null, 2)}\n`;
}
