/** For the build: the templates of each processor as a file beside the program. */
import { cpuModels } from "../src/arm/core/index.ts";
import { encodeTemplates, templateFileName, templatesOf } from "../src/arm/jit/index.ts";

export const templateFiles = Object.entries(cpuModels).map(([name, model]) => ({
  fileName: templateFileName(name),
  source: encodeTemplates(templatesOf(model)),
}));
