/**
 * A machine's memory made at the start of the program, before there is much else: V8 looks through its whole heap when a memory
 * of this size is made, which then takes 1 ms and later 10.
 *
 * The start and the program are bundles of their own, so they meet at a symbol.
 */
const KEY = Symbol.for("komainu.early-memory");
const WASM_PAGE_SIZE = 65536;

const place = globalThis as { [KEY]?: WebAssembly.Memory };

/** A memory that cannot grow, so that views of it stay. */
const fixedMemory = (pages: number): WebAssembly.Memory => new WebAssembly.Memory({ initial: pages, maximum: pages });

/** Makes a memory for the next machine of this size; where there is no room for it, that machine says so. */
export function makeEarly(sizeBytes: number): void {
  try {
    place[KEY] = fixedMemory(Math.ceil(sizeBytes / WASM_PAGE_SIZE));
  } catch {
    // The machine asks for the same once more.
  }
}

/** The memory that was made before, to one machine; a new one when it has another size. Throws a `RangeError`. */
export function memoryOf(pages: number): WebAssembly.Memory {
  const early = place[KEY];
  place[KEY] = undefined;
  return early?.buffer.byteLength === pages * WASM_PAGE_SIZE ? early : fixedMemory(pages);
}
