/** What a check looks at, what that costs and what it needs to know: `ids list CHECK`. */
import type { Check } from "./check.ts";

const LABEL_WIDTH = 10;

export function explainCheck(check: Check): string[] {
  const { id, title, severity, view, cost, needs, wants = [], detailWants = [], messages, ofProcess } = check;
  const usage = { required: " PID", optional: " [PID]" };
  const options = detailWants.length > 0 ? " [-l]" : "";
  const facts: [string, readonly string[]][] = [
    ["use", [`ids ${id}${ofProcess === undefined ? options : usage[ofProcess]}`]],
    ["title", [title]],
    ["view", [view]],
    ["cost", [cost ?? "not measured"]],
    ["severity", [severity]],
    ["needs", needs.length === 0 ? ["nothing that can be missing"] : needs],
    ["uses", [...wants, ...detailWants]],
    ["findings", Object.entries(messages).map(([name, message]) => `${name}: ${message}`)],
  ];
  return facts.flatMap(([label, values]) =>
    values.map((value, index) => `${(index === 0 ? label : "").padEnd(LABEL_WIDTH)} ${value}`),
  );
}

export const checkJson = ({ id, title, severity, view, cost, needs, wants, detailWants, messages }: Check) => ({
  check: id,
  title,
  severity,
  view,
  cost: cost ?? null,
  needs: [...needs],
  uses: [...(wants ?? []), ...(detailWants ?? [])],
  findings: Object.keys(messages),
});
