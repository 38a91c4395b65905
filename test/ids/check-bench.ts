/** A kernel for one check: what the check asks of it, answered from memory that a test writes. */
import { type CheckReport, runCheck } from "../../src/ids/index.ts";
import { CodeMap } from "../../src/linux/code-map.ts";
import type { Fact } from "../../src/linux/fact.ts";
import { proved, unknown } from "../../src/linux/fact.ts";
import type { Kernel, KernelImage } from "../../src/linux/index.ts";
import type { CodeBench } from "../linux/code-bench.ts";
import { checkNamed } from "./check-run.ts";

export interface CheckBenchFacts {
  readonly moduleList?: Fact<number>;
  readonly moduleKset?: Fact<number>;
  readonly bootImage?: KernelImage;
}

/** Runs a check of code and pointers, which needs no types, on `bench`. */
export function lookAt(id: string, bench: CodeBench, facts: CheckBenchFacts = {}): CheckReport {
  const { space, map, readCode, symbols } = bench;
  const moduleList = facts.moduleList ?? unknown("a test without modules");
  const kernel = {
    space,
    map,
    symbols,
    readCode,
    moduleList,
    moduleKset: facts.moduleKset ?? unknown("a test without a set"),
    bootImage: facts.bootImage === undefined ? unknown("a test without an image") : proved(facts.bootImage, "a test"),
    codeMap: () => new CodeMap({ space, map, symbols, readCode, moduleList }),
    refresh: () => {},
  };
  return runCheck(checkNamed(id), kernel as unknown as Kernel);
}
