/**
 * The TLB look-up as a wasm function, which asks JavaScript only when the TLB has no entry.
 *
 * Regions import this one: importing a JavaScript function costs each module a wrapper of its own, two milliseconds on
 * Node 20.
 */
import { CPU_STATE_OFFSET, type HostMemory, TLB_OFFSET } from "../../memory/index.ts";
import {
  ADDEND,
  DERIVED_WORDS,
  ENTRY_WORDS,
  INVALID_TAG,
  TAG_EXECUTE,
  TAG_READ,
  TAG_WRITE,
  TLB_BANKS,
  TLB_ENTRIES,
  TLB_LARGE_HIGH_WORD,
  TLB_LARGE_LOW_WORD,
  Tlb,
} from "../core/index.ts";
import { KIND_DOMAINS, KIND_FETCH, KIND_FLUSH_PAGE, KIND_STORE, KIND_USER } from "./wasm-memory.ts";
import { functionBody, functionName, I32, Op, VOID, WasmWriter, wasmModule } from "./wasm-writer.ts";

/** By how much a jump of the code that runs now makes its target hotter. */
export const HEAT_STEP_WORD = DERIVED_WORDS + 16;
/** Words of the state block, behind the saved ones: the byte offset of the TLB bank; */
export const TLB_BANK_WORD = DERIVED_WORDS;
/** the byte offset of the current mode's SPSR, 0 when it has none; */
export const SPSR_WORD = DERIVED_WORDS + 2;
/** what tells the heat of privileged places from that of others, and the heat from which on a place is hot; */
export const HEAT_FLAVOUR_WORD = DERIVED_WORDS + 3;
export const HEAT_LIMIT_WORD = DERIVED_WORDS + 4;
/** the value of a store that is done while it is looked up, and of a load: the look-up answers its address; */
export const EXACT_VALUE_WORD = DERIVED_WORDS + 5;
/** the DACR values that have TLB banks, and the byte offsets of their user banks, 0 when unused. */
export const DACR_VALUE_WORDS = DERIVED_WORDS + 8;
export const DACR_BANK_WORDS = DERIVED_WORDS + 12;

const PAGE = 4096;
export const DACR_SLOTS = 4;
/** Kind bits that hold the size in bytes. */
const SIZE_MASK = 7;

/** Forgets a page in all banks; where it may be part of a larger mapping, JavaScript forgets more. */
function flushPage(w: WasmWriter): void {
  w.get(0).const(-PAGE).op(Op.and).tee(2);
  w.loadAt(CPU_STATE_OFFSET + TLB_LARGE_LOW_WORD * 4).op(Op.geU);
  w.get(2)
    .loadAt(CPU_STATE_OFFSET + TLB_LARGE_HIGH_WORD * 4)
    .op(Op.leU, Op.and, Op.if, VOID);
  w.get(0).get(1).call(0).op(Op.return, Op.end);
  w.get(0)
    .const(12)
    .op(Op.shrU)
    .const(TLB_ENTRIES - 1)
    .op(Op.and)
    .const(Math.log2(ENTRY_WORDS * 4))
    .op(Op.shl)
    .set(2);
  for (let bank = 0; bank < TLB_BANKS; bank++) {
    const at = TLB_OFFSET + bank * Tlb.bankStride * 4;
    for (const tag of [TAG_READ, TAG_WRITE, TAG_EXECUTE]) {
      w.get(2)
        .const(INVALID_TAG)
        .memory(Op.store, at + tag * 4, 2);
    }
  }
  w.const(0).op(Op.return);
}

/** Locals: 0 address, 1 kind, 2 TLB entry. */
function lookUpCode(): WasmWriter {
  const w = new WasmWriter();
  w.get(1).const(KIND_DOMAINS).op(Op.eq).hint(false).op(Op.if, VOID);
  for (let slot = 0; slot < DACR_SLOTS; slot++) {
    w.loadAt(CPU_STATE_OFFSET + (DACR_VALUE_WORDS + slot) * 4)
      .get(0)
      .op(Op.eq);
    w.loadAt(CPU_STATE_OFFSET + (DACR_BANK_WORDS + slot) * 4)
      .tee(2)
      .const(0)
      .op(Op.ne, Op.and, Op.if, VOID);
    w.get(2).op(Op.return, Op.end);
  }
  w.const(-1).op(Op.return, Op.end);
  w.get(1).const(KIND_FLUSH_PAGE).op(Op.eq).hint(false).op(Op.if, VOID);
  flushPage(w);
  w.op(Op.end);
  w.get(1).const(KIND_FETCH).op(Op.eq).hint(false).op(Op.if, VOID).get(0).get(1).call(0).op(Op.return, Op.end);
  w.get(0)
    .const(12)
    .op(Op.shrU)
    .const(TLB_ENTRIES - 1)
    .op(Op.and)
    .const(Math.log2(ENTRY_WORDS * 4))
    .op(Op.shl);
  w.loadAt(CPU_STATE_OFFSET + TLB_BANK_WORD * 4).op(Op.add);
  w.const(Tlb.bankStride * 4)
    .const(0)
    .get(1)
    .const(KIND_USER)
    .op(Op.and, Op.select, Op.sub)
    .set(2);
  w.get(2)
    .memory(Op.load, TAG_WRITE * 4, 2)
    .get(2)
    .memory(Op.load, TAG_READ * 4, 2);
  w.get(1).const(KIND_STORE).op(Op.and, Op.select);
  w.get(1).const(SIZE_MASK).op(Op.and).const(1).op(Op.sub).const(-PAGE).op(Op.or).get(0).op(Op.and);
  w.op(Op.eq).hint(true).op(Op.if, VOID);
  w.get(2)
    .memory(Op.load, ADDEND * 4, 2)
    .get(0)
    .op(Op.add, Op.return, Op.end);
  return w.get(0).get(1).call(0);
}

/**
 * `lookUp(va, kind)` answers the host address of an access, and `lookUp(dacr, KIND_DOMAINS)` the byte offset of the user
 * bank for a DACR value; both -1 when the interpreter must do the instruction. `refill(va, kind)` answers the host address, or -1 when the interpreter must do the access. */
export function lookUpFunction(
  host: HostMemory,
  memoryPages: number,
  refill: (va: number, kind: number) => number,
): unknown {
  const parts = {
    types: [{ params: [I32, I32], results: [I32] }],
    imports: [{ name: "refill", type: 0 }],
    type: 0,
    functions: [functionBody({ locals: [{ count: 1, type: I32 }], code: [lookUpCode()] })],
  };
  const module = new WebAssembly.Module(wasmModule(parts, memoryPages));
  return new WebAssembly.Instance(module, { e: { m: host.memory, refill } }).exports[functionName(0)];
}
