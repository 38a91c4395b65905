/** The map from the names that rows use to the functions that execute them. */
import type { Fields, SemanticName } from "../decode/index.ts";
import { rows } from "../decode/index.ts";
import * as branch from "./branch.ts";
import * as coprocessor from "./coprocessor.ts";
import * as dataProcessingImm from "./data-processing-imm.ts";
import * as dataProcessingReg from "./data-processing-reg.ts";
import * as dataProcessingRsr from "./data-processing-rsr.ts";
import * as exclusive from "./exclusive.ts";
import * as extend from "./extend.ts";
import * as loadStoreByte from "./load-store-byte.ts";
import * as loadStoreDouble from "./load-store-double.ts";
import * as loadStoreHalf from "./load-store-half.ts";
import * as loadStoreMultiple from "./load-store-multiple.ts";
import * as loadStoreWord from "./load-store-word.ts";
import * as misc from "./misc.ts";
import * as multiply from "./multiply.ts";
import * as multiplyDual from "./multiply-dual.ts";
import * as multiplySignedHalf from "./multiply-signed-half.ts";
import type { Ops } from "./ops.ts";
import * as parallel from "./parallel.ts";
import * as processorState from "./processor-state.ts";
import * as saturateWidth from "./saturate-width.ts";
import * as saturating from "./saturating.ts";
import * as semaphore from "./semaphore.ts";
import * as status from "./status.ts";
import * as thumb from "./thumb.ts";
import * as vfpArithmetic from "./vfp-arithmetic.ts";
import * as vfpLoadStore from "./vfp-load-store.ts";
import * as vfpTransfer from "./vfp-transfer.ts";

/** What an instruction does, on any kind of value. */
export type Semantic = <V>(o: Ops<V>, f: Fields) => void;

const { undefinedInstruction, ...otherMisc } = misc;

/** One function per semantic name; a name of the table without a function does not compile. */
export const semantics = {
  ...branch,
  ...coprocessor,
  ...dataProcessingImm,
  ...dataProcessingReg,
  ...dataProcessingRsr,
  ...exclusive,
  ...extend,
  ...loadStoreByte,
  ...loadStoreDouble,
  ...loadStoreHalf,
  ...loadStoreMultiple,
  ...loadStoreWord,
  ...multiply,
  ...multiplyDual,
  ...multiplySignedHalf,
  ...otherMisc,
  ...parallel,
  ...processorState,
  ...saturateWidth,
  ...saturating,
  ...semaphore,
  ...status,
  ...thumb,
  ...vfpArithmetic,
  ...vfpLoadStore,
  ...vfpTransfer,
  undefined: undefinedInstruction,
} satisfies Record<SemanticName, Semantic>;

/** The function of each row, by row index. */
export function execTable<V>(): ((o: Ops<V>, f: Fields) => void)[] {
  return rows.map((row) => semantics[row.semantic]);
}
