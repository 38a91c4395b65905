/**
 * The tags of the mailbox property interface that the model answers; Raspberry Pi firmware wiki, mailbox property
 * interface, and Linux, raspberrypi-firmware.h.
 *
 * A row is a function from the request's words to the response's. A tag that is not here is one the firmware does not
 * know.
 */
import type { Bcm2835Firmware, FirmwareClock } from "./bcm2835-firmware.ts";
import { EXPANDER_LINE_COUNT, POWER_DEVICE_COUNT, POWER_DOMAIN_COUNT } from "./bcm2835-firmware.ts";
import type { FramebufferGeometry } from "./bcm2835-framebuffer.ts";

/** The n-th word of the request; zero past its end. */
export type RequestWord = (index: number) => number;
export interface PropertyTag {
  readonly name: string;
  /** Words of the response, unsigned, or its bytes. */
  respond(firmware: Bcm2835Firmware, request: RequestWord): readonly number[] | Uint8Array;
}

type Respond = PropertyTag["respond"];

const STATE_ON = 1;
const STATE_MISSING = 2;
const POWER_STABLE_US = 0;
/** DMA channels that the firmware leaves to the ARM. */
const DMA_CHANNELS = 0x7f35;
const MICROVOLTS = 1_200_000;
const VOLTAGE_COUNT = 4;
const TEMPERATURE_MAX_MILLI_CELSIUS = 85_000;
const FIRST_EXPANDER_LINE = 128;
const EXPANDER_CONFIG_WORDS = 4;
const EXPANDER_ERROR = 1;
const EDID_BLOCK_SIZE = 128;
const EDID_ABSENT = 1;
const PALETTE_INVALID = 1;
const PALETTE_WORDS = 256;
const OTP_ROWS = 8;

const devicePower = (firmware: Bcm2835Firmware, id: number): number =>
  id < POWER_DEVICE_COUNT ? (firmware.powerDevices >> id) & 1 : STATE_MISSING;

function setDevicePower(firmware: Bcm2835Firmware, id: number, state: number): number {
  if (id >= POWER_DEVICE_COUNT) return STATE_MISSING;
  firmware.powerDevices = (firmware.powerDevices & ~(1 << id)) | ((state & 1) << id);
  return state & 1;
}

function setDomain(firmware: Bcm2835Firmware, id: number, state: number): number {
  if (id >= POWER_DOMAIN_COUNT) return 0;
  firmware.powerDomains = (firmware.powerDomains & ~(1 << id)) | ((state & 1) << id);
  return state & 1;
}

/** A response of a clock's number and one value, zero for a clock that does not exist. */
const clockValue =
  (value: (clock: FirmwareClock) => number): Respond =>
  (firmware, request) => {
    const id = request(0);
    const clock = firmware.clocks[id];
    return [id, clock === undefined ? 0 : value(clock)];
  };

const clockState = (clock: FirmwareClock | undefined): number =>
  clock === undefined ? STATE_MISSING : clock.isOn ? STATE_ON : 0;

const setClockState: Respond = (firmware, request) => {
  const clock = firmware.clocks[request(0)];
  if (clock !== undefined) clock.isOn = (request(1) & STATE_ON) !== 0;
  return [request(0), clockState(clock)];
};

const setClockRate: Respond = (firmware, request) => {
  const clock = firmware.clocks[request(0)];
  return [request(0), clock === undefined ? 0 : firmware.setClockRate(clock, request(1))];
};

const voltage: Respond = (_, request) => {
  const id = request(0);
  return [id, id >= 1 && id <= VOLTAGE_COUNT ? MICROVOLTS : 0];
};

const expanderLine = (request: RequestWord): number | undefined => {
  const line = request(0) - FIRST_EXPANDER_LINE;
  return line >= 0 && line < EXPANDER_LINE_COUNT ? line : undefined;
};

const getExpanderState: Respond = (firmware, request) => {
  const line = expanderLine(request);
  return line === undefined ? [EXPANDER_ERROR, 0] : [0, (firmware.expanderLevels >> line) & 1];
};

const setExpanderState: Respond = (firmware, request) => {
  const line = expanderLine(request);
  if (line === undefined) return [EXPANDER_ERROR, 0];
  firmware.expanderLevels = (firmware.expanderLevels & ~(1 << line)) | ((request(1) & 1) << line);
  return [0, request(1) & 1];
};

const getExpanderConfig: Respond = (firmware, request) => {
  const line = expanderLine(request);
  if (line === undefined) return [EXPANDER_ERROR, 0, 0, 0, 0];
  const at = line * EXPANDER_CONFIG_WORDS;
  return [0, ...firmware.expanderConfig.slice(at, at + EXPANDER_CONFIG_WORDS)];
};

const setExpanderConfig: Respond = (firmware, request) => {
  const line = expanderLine(request);
  if (line === undefined) return [EXPANDER_ERROR];
  for (let i = 0; i < EXPANDER_CONFIG_WORDS; i++)
    firmware.expanderConfig[line * EXPANDER_CONFIG_WORDS + i] = request(1 + i);
  firmware.expanderLevels = (firmware.expanderLevels & ~(1 << line)) | ((request(5) & 1) << line);
  return [0];
};

/** The clocks in the order of their numbers, none of them below another. */
const getClocks: Respond = (firmware) => firmware.clocks.flatMap((clock, id) => (clock === undefined ? [] : [0, id]));

type Axis = keyof FramebufferGeometry;

const getGeometry =
  (...axes: Axis[]): Respond =>
  ({ framebuffer }) =>
    axes.map((axis) => framebuffer.geometry[axis]);
const testGeometry =
  (...axes: Axis[]): Respond =>
  ({ framebuffer }, request) => {
    const tested = framebuffer.test(Object.fromEntries(axes.map((axis, i) => [axis, request(i)])));
    return axes.map((axis) => tested[axis]);
  };
const setGeometry =
  (...axes: Axis[]): Respond =>
  ({ framebuffer }, request) => {
    const now = framebuffer.set(Object.fromEntries(axes.map((axis, i) => [axis, request(i)])));
    return axes.map((axis) => now[axis]);
  };

const allocateFramebuffer: Respond = ({ framebuffer }) => {
  const address = framebuffer.allocate();
  return address === undefined ? [0, 0] : [address, framebuffer.sizeBytes];
};

const setPalette: Respond = ({ framebuffer }, request) => {
  const [first, length] = [request(0), request(1)];
  if (first >= PALETTE_WORDS || length > PALETTE_WORDS) return [PALETTE_INVALID];
  const entries = Array.from({ length }, (_, i) => request(2 + i));
  return [framebuffer.setPalette(first, entries) ? 0 : PALETTE_INVALID];
};

const row = (name: string, respond: Respond): PropertyTag => ({ name, respond });
const nothing: Respond = () => [];
const noOverscan: Respond = () => [0, 0, 0, 0];

export const propertyTags: ReadonlyMap<number, PropertyTag> = new Map([
  [0x00000001, row("get firmware revision", ({ firmwareRevision }) => [firmwareRevision])],
  [0x00010001, row("get board model", () => [0])],
  [0x00010002, row("get board revision", ({ boardRevision }) => [boardRevision])],
  [0x00010003, row("get board MAC address", ({ macAddress }) => Uint8Array.from(macAddress))],
  [0x00010004, row("get board serial", ({ serialNumber }) => [serialNumber, 0])],
  [0x00010005, row("get ARM memory", ({ armMemoryBytes }) => [0, armMemoryBytes])],
  [0x00010006, row("get VC memory", ({ armMemoryBytes, vcMemoryBytes }) => [armMemoryBytes, vcMemoryBytes])],
  [0x00010007, row("get clocks", getClocks)],
  [0x00020001, row("get power state", (firmware, request) => [request(0), devicePower(firmware, request(0))])],
  [0x00020002, row("get timing", (_, request) => [request(0), POWER_STABLE_US])],
  [
    0x00028001,
    row("set power state", (firmware, request) => [request(0), setDevicePower(firmware, request(0), request(1))]),
  ],
  [0x00030001, row("get clock state", ({ clocks }, request) => [request(0), clockState(clocks[request(0)])])],
  [0x00038001, row("set clock state", setClockState)],
  [
    0x00030002,
    row(
      "get clock rate",
      clockValue((clock) => clock.rateHz),
    ),
  ],
  [0x00038002, row("set clock rate", setClockRate)],
  [
    0x00030004,
    row(
      "get maximum clock rate",
      clockValue((clock) => clock.maxHz),
    ),
  ],
  [
    0x00030007,
    row(
      "get minimum clock rate",
      clockValue((clock) => clock.minHz),
    ),
  ],
  [
    0x00030047,
    row(
      "get measured clock rate",
      clockValue((clock) => (clock.isOn ? clock.rateHz : 0)),
    ),
  ],
  [0x00030003, row("get voltage", voltage)],
  [0x00030005, row("get maximum voltage", voltage)],
  [0x00030008, row("get minimum voltage", voltage)],
  [0x00038003, row("set voltage", voltage)],
  [0x00030006, row("get temperature", ({ milliCelsius }, request) => [request(0), milliCelsius])],
  [0x0003000a, row("get maximum temperature", (_, request) => [request(0), TEMPERATURE_MAX_MILLI_CELSIUS])],
  [0x00030009, row("get turbo", (_, request) => [request(0), 0])],
  [0x00038009, row("set turbo", (_, request) => [request(0), 0])],
  [
    0x0003000b,
    row("get system time", ({ microseconds }) => [microseconds >>> 0, Math.floor(microseconds / 0x1_0000_0000)]),
  ],
  [
    0x00030020,
    row("get EDID block", (_, request) => [request(0), EDID_ABSENT, ...new Array(EDID_BLOCK_SIZE / 4).fill(0)]),
  ],
  [
    0x00030021,
    row("get customer OTP", (_, request) => [
      request(0),
      request(1),
      ...new Array(Math.min(OTP_ROWS, request(1))).fill(0),
    ]),
  ],
  [
    0x00030030,
    row("get domain state", (firmware, request) => [
      request(0),
      request(0) < POWER_DOMAIN_COUNT ? (firmware.powerDomains >> request(0)) & 1 : 0,
    ]),
  ],
  [
    0x00038030,
    row("set domain state", (firmware, request) => [request(0), setDomain(firmware, request(0), request(1))]),
  ],
  [0x00030041, row("get GPIO state", getExpanderState)],
  [0x00038041, row("set GPIO state", setExpanderState)],
  [0x00030043, row("get GPIO configuration", getExpanderConfig)],
  [0x00038043, row("set GPIO configuration", setExpanderConfig)],
  // The request may ask to clear the sticky bits; none is ever set.
  [0x00030046, row("get throttled", () => [0])],
  [0x00030048, row("notify reboot", nothing)],
  [0x00030066, row("notify display done", nothing)],
  [0x00040001, row("allocate frame buffer", allocateFramebuffer)],
  [
    0x00048001,
    row("release frame buffer", ({ framebuffer }) => {
      framebuffer.release();
      return [];
    }),
  ],
  [
    0x00040002,
    row("blank screen", ({ framebuffer }, request) => {
      framebuffer.isBlank = (request(0) & 1) !== 0;
      return [request(0) & 1];
    }),
  ],
  [0x00040003, row("get physical size", getGeometry("physicalWidth", "physicalHeight"))],
  [0x00044003, row("test physical size", testGeometry("physicalWidth", "physicalHeight"))],
  [0x00048003, row("set physical size", setGeometry("physicalWidth", "physicalHeight"))],
  [0x00040004, row("get virtual size", getGeometry("virtualWidth", "virtualHeight"))],
  [0x00044004, row("test virtual size", testGeometry("virtualWidth", "virtualHeight"))],
  [0x00048004, row("set virtual size", setGeometry("virtualWidth", "virtualHeight"))],
  [0x00040005, row("get depth", getGeometry("depthBits"))],
  [0x00044005, row("test depth", testGeometry("depthBits"))],
  [0x00048005, row("set depth", setGeometry("depthBits"))],
  [0x00040006, row("get pixel order", getGeometry("pixelOrder"))],
  [0x00044006, row("test pixel order", testGeometry("pixelOrder"))],
  [0x00048006, row("set pixel order", setGeometry("pixelOrder"))],
  [0x00040007, row("get alpha mode", getGeometry("alphaMode"))],
  [0x00044007, row("test alpha mode", testGeometry("alphaMode"))],
  [0x00048007, row("set alpha mode", setGeometry("alphaMode"))],
  [0x00040008, row("get pitch", ({ framebuffer }) => [framebuffer.pitchBytes])],
  [0x00040009, row("get virtual offset", getGeometry("offsetX", "offsetY"))],
  [0x00044009, row("test virtual offset", testGeometry("offsetX", "offsetY"))],
  [0x00048009, row("set virtual offset", setGeometry("offsetX", "offsetY"))],
  [0x0004000a, row("get overscan", noOverscan)],
  [0x0004400a, row("test overscan", noOverscan)],
  [0x0004800a, row("set overscan", noOverscan)],
  [0x0004000b, row("get palette", ({ framebuffer }) => [...framebuffer.palette])],
  [0x0004800b, row("set palette", setPalette)],
  // One display, the composite output, which is always there.
  [0x00040013, row("get number of displays", () => [1])],
  [0x00040016, row("get display id", (_, request) => [request(0) === 0 ? 3 : 0])],
  [0x00048013, row("set display number", (_, request) => [request(0)])],
  [0x00050001, row("get command line", ({ commandLine }) => Uint8Array.from(Buffer.from(commandLine, "latin1")))],
  [0x00060001, row("get DMA channels", () => [DMA_CHANNELS])],
]);
