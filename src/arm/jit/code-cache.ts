/**
 * What is compiled: functions by the places they are entered at, found again by the frames their code lies in.
 *
 * A place is a halfword of host memory's code with state, privilege and virtual page, because code knows its own address.
 * New functions wait for others and become one module together: a module of its own costs ten times as much.
 */
import { type CompiledRegion, regionModule } from "./compile.ts";
import { type Dispatcher, instantiate, type RegionFunction, TABLE_SIZE } from "./dispatcher.ts";
import type { Region } from "./region.ts";
import { type StoredRegion, storedRegion, type TranslationStore } from "./translation-store.ts";
import type { Tuning } from "./tuning.table.ts";
import type { FunctionBody } from "./wasm-writer.ts";

/** Places that are remembered, also those that cannot be compiled, before all are forgotten. */
const MAX_PLACES = 65_536;
/** What a region costs beside its wasm bytes, and for each of them, in bytes of this process: measured with Node 20. */
const REGION_COST = 16_384;
const COST_OF_BYTE = 11;
/** All compiled code is forgotten when it costs more: that bounds the memory of the process. */
const MAX_CODE_COST = 80e6;

/** Where code is entered. */
export interface Place {
  readonly frame: number;
  /** Virtual address; its low bits are those of the host address too. */
  readonly pc: number;
  readonly isThumb: boolean;
  readonly isPrivileged: boolean;
}

/** A function, in the dispatcher's table or waiting for its module. */
class Unit {
  readonly frames: readonly number[];
  body: FunctionBody | undefined;
  /** 0 while it waits and when it was retired. */
  slot = 0;
  cost = 0;

  constructor(frames: readonly number[], body: FunctionBody | undefined) {
    this.frames = frames;
    this.body = body;
  }
}

/** Code of one place. */
export interface CompiledCode {
  /** Of its function; 0 while there is none to enter. */
  readonly slot: number;
  /** It waits for its module. */
  readonly isWaiting: boolean;
  /** The block of its function to enter. */
  readonly block: number;
  /** Virtual page to frame of all its code. */
  readonly pages: ReadonlyMap<number, number>;
}

/** What V8 throws for bytes that are no module, or one with other imports. */
const NO_MODULE: ReadonlySet<string> = new Set(["CompileError", "LinkError"]);
/** Regions of an earlier run that did not match what memory holds so often are not tried again. */
const MAX_MISMATCHES = 8;

/** Places with equal keys differ in their virtual page. */
class Entry implements CompiledCode {
  readonly page: number;
  readonly unit: Unit;
  readonly block: number;
  readonly pages: ReadonlyMap<number, number>;
  next: Entry | undefined;

  constructor(page: number, unit: Unit, block: number, pages: ReadonlyMap<number, number>) {
    this.page = page;
    this.unit = unit;
    this.block = block;
    this.pages = pages;
  }

  get slot(): number {
    return this.unit.slot;
  }

  get isWaiting(): boolean {
    return this.unit.body !== undefined;
  }
}

const keyOf = ({ frame, pc, isThumb, isPrivileged }: Place): number =>
  frame * 8192 + (pc & 0xffe) * 2 + (isThumb ? 2 : 0) + (isPrivileged ? 1 : 0);

/** What the cache did, for `--profile` and tests. */
export interface CodeCounts {
  regions: number;
  modules: number;
  wasmBytes: number;
  /** Regions of an earlier run that are used again. */
  adopted: number;
  retired: number;
  flushes: number;
}

/** A function of an earlier run, in the dispatcher's table. */
interface Prepared {
  readonly slot: number;
  mismatches: number;
}

export type ModuleTuning = Pick<Tuning, "moduleFunctions" | "moduleTries">;

interface CodeCacheInit {
  /** Of every module. */
  readonly imports: Record<string, unknown>;
  readonly memoryPages: number;
  readonly tuning: ModuleTuning;
  readonly store: TranslationStore | undefined;
}

export class CodeCache {
  readonly counts: CodeCounts = { regions: 0, modules: 0, wasmBytes: 0, adopted: 0, retired: 0, flushes: 0 };
  private readonly dispatcher: Dispatcher;
  private readonly imports: Record<string, unknown>;
  private readonly memoryPages: number;
  private readonly tuning: ModuleTuning;
  private readonly entries = new Map<number, Entry>();
  private placeCount = 0;
  private readonly unitsOfFrame = new Map<number, Set<Unit>>();
  private readonly keysOfUnit = new Map<Unit, number[]>();
  private readonly store: TranslationStore | undefined;
  /** What earlier runs compiled, and what of it was not used yet. */
  private storedFunctions: { readonly region: StoredRegion; readonly run: RegionFunction }[] = [];
  private readonly prepared = new Map<StoredRegion, Prepared>();
  private waiting: Unit[] = [];
  private tries = 0;
  private cost = 0;

  /** @param init `store` has what earlier runs compiled, and is where new regions are kept for the next one */
  constructor(dispatcher: Dispatcher, init: CodeCacheInit) {
    this.dispatcher = dispatcher;
    this.imports = init.imports;
    this.memoryPages = init.memoryPages;
    this.tuning = init.tuning;
    this.store = init.store;
    if (init.store !== undefined) this.prepare(init.store.regions);
  }

  /** One module of everything that earlier runs compiled; V8 compiles a function of it when it is first entered. */
  private prepare(regions: readonly StoredRegion[]): void {
    if (regions.length === 0) return;
    const bytes = regionModule(
      regions.map(({ body }) => body),
      this.memoryPages,
    );
    this.storedFunctions = this.instantiateStored(bytes).map((run, i) => ({ region: regions[i], run }));
    this.offerStored();
  }

  private offerStored(): void {
    for (const { region, run } of this.storedFunctions) {
      this.prepared.set(region, { slot: this.dispatcher.addFunction(run), mismatches: 0 });
    }
  }

  /** No functions when the code of an earlier run is none: it was changed, or made by something else. */
  private instantiateStored(bytes: Uint8Array): RegionFunction[] {
    try {
      return instantiate(bytes, this.imports);
    } catch (error) {
      if (error instanceof Error && NO_MODULE.has(error.name)) return [];
      throw error;
    }
  }

  /** Regions of earlier runs that may be entered at a place. */
  storedAt({ pc, isThumb, isPrivileged }: Place): readonly StoredRegion[] {
    const regions = this.store?.at(pc, isThumb, isPrivileged) ?? [];
    return this.prepared.size === 0 ? [] : regions.filter((region) => this.prepared.has(region));
  }

  /** The region is not what memory holds, this time. */
  mismatch(region: StoredRegion): void {
    const prepared = this.prepared.get(region);
    if (prepared !== undefined && ++prepared.mismatches >= MAX_MISMATCHES) this.prepared.delete(region);
  }

  /** A region of an earlier run is what memory holds: its code is entered from now on. */
  adopt(region: StoredRegion, place: Place): void {
    const prepared = this.prepared.get(region);
    if (prepared === undefined) return;
    this.prepared.delete(region);
    this.counts.adopted++;
    const unit = this.newUnit(
      region.pages.map(([, frame]) => frame),
      undefined,
    );
    unit.slot = prepared.slot;
    unit.cost = REGION_COST / this.tuning.moduleFunctions + region.body.bytes.length * COST_OF_BYTE;
    this.cost += unit.cost;
    this.putEntries(region.entries, new Map(region.pages), { place, unit });
  }

  find(place: Place): CompiledCode | undefined {
    const page = place.pc & ~0xfff;
    let entry = this.entries.get(keyOf(place));
    while (entry !== undefined && entry.page !== page) entry = entry.next;
    return entry;
  }

  /** Nothing can be compiled at the place, as long as its frame does not change. */
  addHopeless(place: Place): CompiledCode {
    return this.put(place, this.newUnit([place.frame], undefined), 0, new Map());
  }

  /** A new region, entered at the place and, where there is no code yet, at its other entries. */
  addRegion(region: Region, { body, entries }: CompiledRegion, place: Place): void {
    this.counts.regions++;
    this.store?.add(storedRegion(region, { isPrivileged: place.isPrivileged, entries, body }));
    const unit = this.newUnit([...region.pages.values()], body);
    this.putEntries(entries, region.pages, { place, unit });
    this.waiting.push(unit);
    if (this.waiting.length >= this.tuning.moduleFunctions) this.makeModule();
  }

  private putEntries(
    entries: Iterable<readonly [number, number]>,
    frames: ReadonlyMap<number, number>,
    { place, unit }: { place: Place; unit: Unit },
  ): void {
    const { isThumb, isPrivileged } = place;
    for (const [pc, block] of entries) {
      const other = { pc, frame: frames.get(pc & ~0xfff) ?? place.frame, isThumb, isPrivileged };
      const known = pc === place.pc ? undefined : this.find(other);
      if (known !== undefined && (known.slot !== 0 || known.isWaiting)) continue;
      this.put(other, unit, block, frames);
    }
  }

  /** Called when waiting code would be entered: after enough times it no longer waits. */
  hurry(): void {
    this.tries++;
    if (this.tries >= this.tuning.moduleTries) this.makeModule();
  }

  private newUnit(frames: readonly number[], body: FunctionBody | undefined): Unit {
    const unit = new Unit(frames, body);
    for (const frame of frames) {
      const units = this.unitsOfFrame.get(frame);
      if (units === undefined) this.unitsOfFrame.set(frame, new Set([unit]));
      else units.add(unit);
    }
    this.keysOfUnit.set(unit, []);
    return unit;
  }

  private put(place: Place, unit: Unit, block: number, pages: ReadonlyMap<number, number>): CompiledCode {
    this.remove(place);
    const key = keyOf(place);
    const entry = new Entry(place.pc & ~0xfff, unit, block, pages);
    entry.next = this.entries.get(key);
    this.entries.set(key, entry);
    this.keysOfUnit.get(unit)?.push(key);
    this.placeCount++;
    return entry;
  }

  /** Forgets what is known of one place. */
  remove(place: Place): void {
    const page = place.pc & ~0xfff;
    this.removeWhere(keyOf(place), (entry) => entry.page === page);
  }

  private removeWhere(key: number, isGone: (entry: Entry) => boolean): void {
    let kept: Entry | undefined;
    for (let entry = this.entries.get(key); entry !== undefined; ) {
      const { next } = entry;
      if (isGone(entry)) this.placeCount--;
      else {
        entry.next = kept;
        kept = entry;
      }
      entry = next;
    }
    if (kept === undefined) this.entries.delete(key);
    else this.entries.set(key, kept);
  }

  private makeModule(): void {
    this.tries = 0;
    const units = this.waiting.filter(({ body }) => body !== undefined);
    this.waiting = [];
    if (units.length === 0) return;
    const functions = units.flatMap(({ body }) => (body === undefined ? [] : [body]));
    const bytes = regionModule(functions, this.memoryPages);
    this.counts.modules++;
    this.counts.wasmBytes += bytes.length;
    const runs = instantiate(bytes, this.imports);
    for (const [i, unit] of units.entries()) {
      unit.body = undefined;
      unit.slot = this.dispatcher.addFunction(runs[i]);
      unit.cost = REGION_COST + (bytes.length / units.length) * COST_OF_BYTE;
      this.cost += unit.cost;
    }
  }

  /** The instructions of a frame may be others now. */
  forgetFrame(frame: number): void {
    const units = this.unitsOfFrame.get(frame);
    if (units === undefined) return;
    this.unitsOfFrame.delete(frame);
    for (const unit of units) this.retire(unit);
  }

  private retire(unit: Unit): void {
    for (const frame of unit.frames) this.unitsOfFrame.get(frame)?.delete(unit);
    for (const key of this.keysOfUnit.get(unit) ?? []) this.removeWhere(key, (entry) => entry.unit === unit);
    this.keysOfUnit.delete(unit);
    unit.body = undefined;
    this.counts.retired++;
    if (unit.slot === 0) return;
    this.dispatcher.retire(unit.slot);
    unit.slot = 0;
    this.cost -= unit.cost;
  }

  /** Everything should be forgotten before more is compiled. */
  get isFull(): boolean {
    const { dispatcher } = this;
    if (dispatcher.usedSlots + this.tuning.moduleFunctions >= TABLE_SIZE) return true;
    return this.placeCount >= MAX_PLACES || this.cost >= MAX_CODE_COST;
  }

  /** Frees the memory of everything compiled. */
  forgetAll(): void {
    this.storedFunctions = [];
    this.restart();
  }

  /** State or memory may be others now: nothing compiled is entered any more, what earlier runs left is offered again. */
  restart(): void {
    this.counts.flushes++;
    this.cost = 0;
    this.tries = 0;
    this.placeCount = 0;
    this.waiting = [];
    this.prepared.clear();
    this.entries.clear();
    this.unitsOfFrame.clear();
    this.keysOfUnit.clear();
    this.dispatcher.forgetAll();
    this.offerStored();
  }
}
