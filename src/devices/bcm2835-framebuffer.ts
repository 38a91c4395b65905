/**
 * The frame buffer that the firmware of a Raspberry Pi keeps: geometry, and a place in the VideoCore's memory;
 * Raspberry Pi firmware wiki, mailbox property interface.
 *
 * There is one only if the board gives the VideoCore's memory to the bus; without it an allocation is refused as
 * the firmware does when it has no room: base and size are zero.
 */
import type { State } from "../base/index.ts";
import type { DmaMemory } from "../device/index.ts";
import type { StateReader } from "./state-reader.ts";

const WIDTH_MAX = 4096;
const HEIGHT_MAX = 4096;
const DEPTHS = [8, 16, 24, 32];
const PALETTE_SIZE = 256;
/** What the firmware shows without a monitor: the composite output. */
const DEFAULT_WIDTH = 720;
const DEFAULT_HEIGHT = 480;
const PITCH_ALIGNMENT = 32;

export interface FramebufferGeometry {
  physicalWidth: number;
  physicalHeight: number;
  virtualWidth: number;
  virtualHeight: number;
  depthBits: number;
  /** 0 is BGR, 1 is RGB. */
  pixelOrder: number;
  /** 0 opaque for zero, 1 transparent for zero, 2 ignored. */
  alphaMode: number;
  offsetX: number;
  offsetY: number;
}

const initialGeometry = (): FramebufferGeometry => ({
  physicalWidth: DEFAULT_WIDTH,
  physicalHeight: DEFAULT_HEIGHT,
  virtualWidth: DEFAULT_WIDTH,
  virtualHeight: DEFAULT_HEIGHT,
  depthBits: 32,
  pixelOrder: 1,
  alphaMode: 2,
  offsetX: 0,
  offsetY: 0,
});

const within = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** What the firmware makes of a wish: the nearest geometry that it has. */
function rounded(wish: FramebufferGeometry): FramebufferGeometry {
  const virtualWidth = within(wish.virtualWidth, 1, WIDTH_MAX);
  const virtualHeight = within(wish.virtualHeight, 1, HEIGHT_MAX);
  const physicalWidth = within(wish.physicalWidth, 1, WIDTH_MAX);
  const physicalHeight = within(wish.physicalHeight, 1, HEIGHT_MAX);
  return {
    physicalWidth,
    physicalHeight,
    virtualWidth,
    virtualHeight,
    depthBits: DEPTHS.includes(wish.depthBits) ? wish.depthBits : 32,
    pixelOrder: wish.pixelOrder & 1,
    alphaMode: within(wish.alphaMode, 0, 2),
    offsetX: within(wish.offsetX, 0, Math.max(0, virtualWidth - physicalWidth)),
    offsetY: within(wish.offsetY, 0, Math.max(0, virtualHeight - physicalHeight)),
  };
}

export interface FramebufferPlace {
  readonly memory: DmaMemory;
  readonly baseAddress: number;
  readonly sizeBytes: number;
}

export class Bcm2835Framebuffer {
  geometry = initialGeometry();
  isBlank = false;
  isAllocated = false;
  readonly palette = new Uint32Array(PALETTE_SIZE);
  private readonly place: FramebufferPlace;

  constructor(place: FramebufferPlace) {
    this.place = place;
  }

  reset(): void {
    this.geometry = initialGeometry();
    this.isBlank = false;
    this.isAllocated = false;
    this.palette.fill(0);
  }

  /** The geometry that `set` would give. */
  test(change: Partial<FramebufferGeometry>): FramebufferGeometry {
    return rounded({ ...this.geometry, ...change });
  }

  set(change: Partial<FramebufferGeometry>): FramebufferGeometry {
    this.geometry = this.test(change);
    return this.geometry;
  }

  get pitchBytes(): number {
    const rowBytes = (this.geometry.virtualWidth * this.geometry.depthBits) / 8;
    return Math.ceil(rowBytes / PITCH_ALIGNMENT) * PITCH_ALIGNMENT;
  }

  get sizeBytes(): number {
    return this.pitchBytes * this.geometry.virtualHeight;
  }

  /** The guest-physical address, or `undefined` where there is no memory for it. */
  allocate(): number | undefined {
    const { memory, baseAddress, sizeBytes } = this.place;
    const last = baseAddress + this.sizeBytes - 4;
    const isThere = memory.readU32(baseAddress) !== undefined && memory.readU32(last) !== undefined;
    this.isAllocated = this.sizeBytes <= sizeBytes && isThere;
    return this.isAllocated ? baseAddress : undefined;
  }

  release(): void {
    this.isAllocated = false;
  }

  /** Replaces palette entries from `first` on; false where they pass the end. */
  setPalette(first: number, entries: readonly number[]): boolean {
    if (first + entries.length > PALETTE_SIZE) return false;
    this.palette.set(entries, first);
    return true;
  }

  save(): State {
    const { isBlank, isAllocated } = this;
    return { geometry: { ...this.geometry }, isBlank, isAllocated, palette: [...this.palette] };
  }

  restore(reader: StateReader): void {
    const geometry = reader.child("geometry");
    const names = Object.keys(this.geometry) as (keyof FramebufferGeometry)[];
    this.geometry = rounded(
      Object.fromEntries(names.map((name) => [name, geometry.number(name, 0)])) as Record<
        keyof FramebufferGeometry,
        number
      >,
    );
    this.isBlank = reader.boolean("isBlank");
    this.isAllocated = reader.boolean("isAllocated");
    this.palette.fill(0);
    this.palette.set(reader.numbers("palette", PALETTE_SIZE, 0));
  }
}
