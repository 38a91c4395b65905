/** The templates that the build left beside the program; without a build they are made when a machine is. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { decodeTemplates, type TemplateProgram, templateFileName } from "../arm/jit/index.ts";

/** @param folder of the program */
export function prebuiltTemplates(
  cpuModel: string,
  folder = fileURLToPath(new URL(".", import.meta.url)),
): TemplateProgram | undefined {
  let file: Uint8Array;
  try {
    file = readFileSync(`${folder}/${templateFileName(cpuModel)}`);
  } catch {
    return undefined;
  }
  return decodeTemplates(file);
}
