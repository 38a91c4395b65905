import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCheck } from "../../src/ids/index.ts";
import { openKernel } from "../../src/linux/index.ts";
import { loadChecks, userChecks } from "../../src/main/user-checks.ts";
import { SyntheticKernel } from "../linux/synthetic-kernel.ts";

const CHECK = `export default {
  id: "uppercase", title: "names in capitals", severity: "low", view: "the task list",
  needs: ["task_struct.tasks", "task_struct.comm"],
  columns: [{ name: "name", heading: "NAME", type: "text" }],
  messages: { capital: "{name} is in capitals" },
  *run(kernel) {
    for (const task of kernel.tasks()) {
      yield { kind: "row", row: { values: { name: task.comm } } };
      if (task.comm === "SH") yield { kind: "finding", finding: { messageId: "capital", data: { name: task.comm }, evidence: { task: task.address } } };
    }
  },
};`;

describe("checks of the user's own", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "komainu-checks-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

  it("are loaded from every module of a folder and run like the others", async () => {
    write("uppercase.mjs", CHECK);
    write("notes.txt", "no check");
    const [check, ...rest] = loadChecks(folder);
    expect(rest).toEqual([]);
    const guest = new SyntheticKernel({ processes: ["SH", "sleep"] });
    const report = runCheck(check, openKernel(guest.source));
    expect(report.findings.map(({ text }) => text)).toEqual(["SH is in capitals"]);
    expect(userChecks(undefined)).toEqual([]);
  });

  it("are what the documentation shows as a whole example", async () => {
    const [, example] = /```js\n([\s\S]*?)```/.exec(readFileSync("docs/writing-checks.md", "utf8")) ?? [];
    write("example.mjs", example);
    const [check] = loadChecks(folder);
    expect(check).toMatchObject({ id: "tmp-programs", severity: "medium" });
    // A synthetic kernel has no files: the check names what it lacks.
    const report = runCheck(check, openKernel(new SyntheticKernel().source));
    expect([report.verdict, report.cannotTell[0]]).toEqual([
      "cannot-tell",
      expect.stringMatching(/^vm_area_struct\.vm_file: /),
    ]);
  });

  it("are refused with the file and what is wrong in it", async () => {
    expect(() => loadChecks(join(folder, "absent"))).toThrow(expect.objectContaining({ code: "checks-unreadable" }));
    const wrong: [string, RegExp][] = [
      ["export default 1;", /an object as default export/],
      [CHECK.replace("uppercase", "plist"), /found "plist" twice/],
      [CHECK.replace('type: "text"', 'type: "colour"'), /columns with a name and a type/],
      [CHECK.replace("*run", "*walk"), /a generator function run/],
      ["export default {", /a module that can be loaded/],
    ];
    for (const [index, [text, message]] of wrong.entries()) {
      write(`wrong-${index}.mjs`, text);
      expect(() => loadChecks(folder)).toThrow(
        expect.objectContaining({ code: "check-invalid", message: expect.stringMatching(message) }),
      );
      rmSync(join(folder, `wrong-${index}.mjs`));
    }
  });
});
