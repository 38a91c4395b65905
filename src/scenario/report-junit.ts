/** Results as JUnit XML, in the shape that CI systems read: test suites by file and board, a test case a scenario. */
import { failureLines } from "./failure-report.ts";
import { fileOf, isError, type Report } from "./report.ts";
import type { ScenarioResult } from "./runner.ts";

/** What XML 1.0 does not allow at all cannot be escaped: it becomes a question mark. */
const NOT_XML = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
};

const escaped = (text: string): string => text.replace(NOT_XML, "?");
const attribute = (text: string): string => escaped(text).replace(/[&<>"\n]/g, (character) => entities[character]);
const content = (text: string): string => escaped(text).replace(/[&<>]/g, (character) => entities[character]);
const seconds = (ms: number): string => (ms / 1000).toFixed(3);

function caseXml(result: ScenarioResult): string {
  const { name, board, hostMs, failure, verdict, place } = result;
  const head = `    <testcase name="${attribute(name)}" classname="${attribute(`${fileOf(place)}.${board}`)}" time="${seconds(hostMs)}"`;
  if (verdict === "interrupted") return `${head}>\n      <skipped message="interrupted"/>\n    </testcase>\n`;
  if (failure === undefined) return `${head}/>\n`;
  const tag = isError(result) ? "error" : "failure";
  const text = content(failureLines(failure).join("\n"));
  return `${head}>\n      <${tag} message="${attribute(failure.message)}" type="${failure.code ?? failure.kind}">${text}</${tag}>\n    </testcase>\n`;
}

interface Suite {
  readonly name: string;
  readonly results: ScenarioResult[];
}

function suitesOf({ results }: Report): Suite[] {
  const suites = new Map<string, Suite>();
  for (const result of results) {
    const name = `${fileOf(result.place)} (${result.board})`;
    const suite = suites.get(name) ?? { name, results: [] };
    suite.results.push(result);
    suites.set(name, suite);
  }
  return [...suites.values()];
}

function countsOf(results: readonly ScenarioResult[]): string {
  const errors = results.filter(isError).length;
  const failures = results.filter(({ verdict }) => verdict === "failed").length - errors;
  const skipped = results.filter(({ verdict }) => verdict === "interrupted").length;
  return `tests="${results.length}" failures="${failures}" errors="${errors}" skipped="${skipped}"`;
}

const totalMs = (results: readonly ScenarioResult[]): number => results.reduce((sum, { hostMs }) => sum + hostMs, 0);

export function junitXml(report: Report): string {
  const timestamp = new Date(report.startMs).toISOString().slice(0, 19);
  const suites = suitesOf(report).map(({ name, results }, id) => {
    const head = `id="${id}" name="${attribute(name)}" ${countsOf(results).replace(/ skipped/, " skipped")} time="${seconds(totalMs(results))}" timestamp="${timestamp}" hostname="localhost" package="komainu"`;
    return `  <testsuite ${head}>\n    <properties/>\n${results.map(caseXml).join("")}  </testsuite>\n`;
  });
  const { results, hostMs } = report;
  const counts = countsOf(results).replace(/ skipped="\d+"/, "");
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="komainu" ${counts} time="${seconds(hostMs)}">\n${suites.join("")}</testsuites>\n`;
}
