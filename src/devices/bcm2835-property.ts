/**
 * The property channel of the Raspberry Pi's mailbox: a buffer of tags in memory, answered in place; Raspberry Pi
 * firmware wiki, mailbox property interface.
 */

import type { Logger } from "../base/index.ts";
import type { DmaMemory } from "../device/index.ts";
import type { Bcm2835Firmware } from "./bcm2835-firmware.ts";
import { propertyTags } from "./bcm2835-property-tags.ts";

const HEADER_SIZE = 8;
const TAG_HEADER_SIZE = 12;
/** The firmware does not parse a buffer of a megabyte or more. */
const BUFFER_SIZE_MAX = 0x100000;
const RESPONSE = 0x80000000;
const STATUS_SUCCESS = 0x80000000;
const STATUS_ERROR = 0x80000001;

export interface PropertyChannel {
  readonly memory: DmaMemory;
  readonly log: Logger;
  readonly firmware: Bcm2835Firmware;
}

/**
 * Answers the buffer at guest-physical `address` and stores its status. A tag the firmware does not know keeps its
 * request, and the status says error, as newer firmware does.
 */
export function answerProperties({ memory, log, firmware }: PropertyChannel, address: number): void {
  const sizeBytes = memory.readU32(address);
  if (sizeBytes === undefined || memory.readU32(address + 4) === undefined) {
    log.warnOnce("a property buffer outside memory was ignored");
    return;
  }
  const isParsed = sizeBytes >= HEADER_SIZE + 4 && sizeBytes < BUFFER_SIZE_MAX;
  let buffer = new Uint8Array(isParsed ? sizeBytes : HEADER_SIZE);
  if (!memory.read(address, buffer)) {
    buffer = new Uint8Array(HEADER_SIZE);
    memory.read(address, buffer);
  }
  const view = new DataView(buffer.buffer);
  const isWhole = buffer.length > HEADER_SIZE;
  if (!isWhole) log.warnOnce(`a property buffer of ${sizeBytes} bytes was refused`);
  const isAnswered = isWhole && view.getUint32(4, true) === 0 && answerTags(view, log, firmware);
  view.setUint32(4, isAnswered ? STATUS_SUCCESS : STATUS_ERROR, true);
  memory.writeMemory(address, buffer);
}

/** True where every tag was understood. A buffer without an end tag ends with its last whole tag, and is an error. */
function answerTags(view: DataView, log: Logger, firmware: Bcm2835Firmware): boolean {
  let isUnderstood = true;
  let at = HEADER_SIZE;
  while (at + 4 <= view.byteLength) {
    const tag = view.getUint32(at, true);
    if (tag === 0) return isUnderstood;
    if (at + TAG_HEADER_SIZE > view.byteLength) break;
    const valueSize = view.getUint32(at + 4, true);
    const valueAt = at + TAG_HEADER_SIZE;
    if (valueSize > view.byteLength - valueAt) break;
    const value = new DataView(view.buffer, valueAt, valueSize);
    const length = answerTag(tag, value, firmware);
    if (length === undefined) {
      isUnderstood = false;
      log.warnOnce(`property tag 0x${tag.toString(16).padStart(8, "0")} is not modelled; it was refused`);
    } else view.setUint32(at + 8, (RESPONSE | length) >>> 0, true);
    at = valueAt + Math.ceil(valueSize / 4) * 4;
  }
  log.warnOnce("a property buffer has no end tag");
  return false;
}

/** The length of the response, which may be more than the value has room for; `undefined` for an unknown tag. */
function answerTag(tag: number, value: DataView, firmware: Bcm2835Firmware): number | undefined {
  const row = propertyTags.get(tag);
  if (row === undefined) return undefined;
  const request = (index: number) => (index * 4 + 4 <= value.byteLength ? value.getUint32(index * 4, true) : 0);
  const response = row.respond(firmware, request);
  const bytes = response instanceof Uint8Array ? response : wordsToBytes(response);
  const room = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  room.set(bytes.subarray(0, room.length));
  return bytes.length;
}

function wordsToBytes(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of words.entries()) view.setUint32(i * 4, word >>> 0, true);
  return bytes;
}
