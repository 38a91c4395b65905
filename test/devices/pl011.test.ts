import { describe, expect, it } from "vitest";
import type { LineEvent } from "../../src/base/index.ts";
import { Pl011 } from "../../src/devices/pl011.ts";
import { ambaId, readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const DR = 0x000;
const RSR = 0x004;
const FR = 0x018;
const IBRD = 0x024;
const FBRD = 0x028;
const LCRH = 0x02c;
const CR = 0x030;
const IFLS = 0x034;
const IMSC = 0x038;
const RIS = 0x03c;
const MIS = 0x040;
const ICR = 0x044;

const RXFE = 1 << 4;
const RXFF = 1 << 6;
const TXFE = 1 << 7;
const FEN = 1 << 4;
const UARTEN = 1;
const LBE = 1 << 7;
const TXE = 1 << 8;
const RXE = 1 << 9;
const RX = 1 << 4;
const TX = 1 << 5;
const RT = 1 << 6;
const BE = 1 << 9;
const OE = 1 << 10;

/** 32 bits at 115200 baud as a driver programs it from 24 MHz: 13 + 1/64. */
const TIMEOUT_NS = Math.round((32e9 * (13 * 64 + 1)) / (4 * 24e6));

function given({ fifo = true, control = UARTEN | TXE | RXE, options = {} as Record<string, unknown> } = {}) {
  const board = bench({ irqCount: 1, options });
  const uart = new Pl011(board.context);
  uart.reset();
  uart.write(IBRD, 13, 4);
  uart.write(FBRD, 1, 4);
  uart.write(LCRH, fifo ? 0x60 | FEN : 0x60, 4);
  uart.write(CR, control, 4);
  const read = (offset: number) => readWord(uart, offset);
  return { ...board, uart, irq: board.irqs[0], read };
}

describe("Pl011", () => {
  it("has the reset values and the id of the part, or the id the profile gives", () => {
    const board = bench();
    const uart = new Pl011(board.context);
    uart.reset();
    expect([CR, IFLS, IMSC, RIS, LCRH].map((offset) => readWord(uart, offset))).toEqual([0x300, 0x12, 0, 0, 0]);
    expect(readWord(uart, FR) & (RXFE | TXFE)).toBe(RXFE | TXFE);
    expect(ambaId(uart)).toBe(0x00041011);
    expect(ambaId(new Pl011(bench({ options: { periphId: 0x00241011 } }).context))).toBe(0x00241011);
  });

  it("sends characters at once, in order, and is never busy", () => {
    const { uart, serial, read, log } = given();
    for (const char of Buffer.from("Linux\n")) {
      expect(read(FR) & 0x28).toBe(0);
      uart.write(DR, char, 4);
    }
    expect(serial.text).toBe("Linux\n");
    expect(log).toEqual([]);
  });

  it("sends for an early console that never enabled the transmitter, and says so once", () => {
    const { uart, serial, log } = given({ control: TXE | RXE });
    uart.write(DR, 0x41, 4);
    uart.write(DR, 0x42, 1);
    expect([serial.text, log.length]).toEqual(["AB", 1]);
  });

  it("interrupts after a transmission until the driver clears it, and not before one", () => {
    const { uart, irq, read } = given();
    uart.write(IMSC, TX, 4);
    expect([irq.level, read(RIS)]).toEqual([false, 0]);
    uart.write(DR, 0x41, 4);
    expect([irq.level, read(RIS), read(MIS)]).toEqual([true, TX, TX]);
    uart.write(ICR, TX, 4);
    expect([irq.level, read(RIS)]).toEqual([false, 0]);
    uart.write(IMSC, 0, 4);
    uart.write(DR, 0x42, 4);
    expect([irq.level, read(RIS), read(MIS)]).toEqual([false, TX, 0]);
  });

  it("interrupts for reception at the level of IFLS and lets go below it", () => {
    const { uart, serial, irq, read } = given();
    uart.write(IMSC, RX, 4);
    serial.type("1234567");
    expect(irq.level).toBe(false);
    serial.type("8");
    expect([irq.level, read(RIS)]).toEqual([true, RX]);
    expect(read(DR)).toBe(0x31);
    expect([irq.level, read(RIS)]).toEqual([false, 0]);
  });

  it.each([
    [0, 2],
    [1, 4],
    [2, 8],
    [3, 12],
    [4, 14],
  ])("with RXIFLSEL %d wants %d characters", (select, count) => {
    const { uart, serial, read } = given();
    uart.write(IFLS, select << 3, 4);
    serial.type("x".repeat(count - 1));
    expect(read(RIS) & RX).toBe(0);
    serial.type("x");
    expect(read(RIS) & RX).toBe(RX);
  });

  it("interrupts 32 bit times after the last character", () => {
    const { uart, serial, clock, irq, read } = given();
    uart.write(IMSC, RT, 4);
    serial.type("a");
    clock.advance(TIMEOUT_NS - 1);
    serial.type("b");
    clock.advance(TIMEOUT_NS - 1);
    expect(irq.level).toBe(false);
    clock.advance(1);
    expect([irq.level, read(MIS)]).toEqual([true, RT]);
    expect([read(DR), irq.level]).toEqual([0x61, true]);
    expect([read(DR), irq.level, read(RIS)]).toEqual([0x62, false, 0]);
  });

  it("does not time out once the guest has read everything", () => {
    const { uart, serial, clock, irq, read } = given();
    uart.write(IMSC, RT, 4);
    serial.type("a");
    read(DR);
    expect(clock.nextDeadlineNs).toBe(Number.POSITIVE_INFINITY);
    clock.advance(10 * TIMEOUT_NS);
    expect(irq.level).toBe(false);
  });

  it("takes one character at a time without FIFOs, with an interrupt for each", () => {
    const { uart, serial, irq, read } = given({ fifo: false });
    uart.write(IMSC, RX, 4);
    serial.type("abc");
    expect([serial.backlog, irq.level, read(FR) & RXFF]).toEqual([2, true, RXFF]);
    expect([read(DR), read(DR), read(DR)]).toEqual([0x61, 0x62, 0x63]);
    expect([serial.backlog, irq.level, read(FR) & RXFE]).toEqual([0, false, RXFE]);
  });

  it("leaves what does not fit with the back end and fetches it as the guest reads", () => {
    const { serial, clock, read } = given();
    const text = "The quick brown fox jumps over the lazy dog";
    serial.type(text);
    expect([serial.backlog, read(FR) & RXFF]).toEqual([text.length - 16, RXFF]);
    let seen = "";
    const readAll = () => {
      while ((read(FR) & RXFE) === 0) seen += String.fromCharCode(read(DR));
    };
    readAll();
    // No driver could take more at once: the rest comes at the highest rate of the part, 1.5 million baud.
    expect(seen).toBe(text.slice(0, 16));
    for (const length of [32, 43]) {
      clock.advance(Math.ceil(16 * 10 * (1e9 / 1.5e6)));
      readAll();
      expect(seen).toBe(text.slice(0, length));
    }
  });

  it("lets typed characters wait until the receiver is enabled", () => {
    const { uart, serial, read } = given({ control: TXE });
    serial.type("root\n");
    expect([serial.backlog, read(FR) & RXFE]).toEqual([5, RXFE]);
    uart.write(CR, UARTEN | TXE | RXE, 4);
    expect([serial.backlog, read(DR)]).toEqual([0, 0x72]);
  });

  it("reports an overrun with the next character and in UARTRSR until that is cleared", () => {
    const { uart, serial, read } = given();
    serial.type("x".repeat(16));
    uart.receive(0x79);
    expect(read(RIS) & OE).toBe(OE);
    for (let i = 0; i < 16; i++) expect(read(DR)).toBe(0x78);
    uart.receive(0x7a);
    expect(read(DR)).toBe(0x800 | 0x7a);
    expect(read(RSR)).toBe(8);
    uart.write(RSR, 0, 4);
    expect(read(RSR)).toBe(0);
    uart.write(ICR, OE, 4);
    expect(read(RIS) & OE).toBe(0);
  });

  it("receives a break as a zero with its flag and its interrupt", () => {
    const { uart, irq, read } = given();
    uart.write(IMSC, BE, 4);
    uart.receiveBreak();
    expect([irq.level, read(MIS)]).toEqual([true, BE]);
    expect([read(DR), read(RSR)]).toEqual([0x400, 4]);
    uart.receive(0x68);
    expect([read(DR), read(RSR)]).toEqual([0x68, 0]);
  });

  it("feeds the receiver from the transmitter in loopback, and the modem inputs from the outputs", () => {
    const { uart, serial, read } = given({ control: UARTEN | TXE | RXE | LBE });
    uart.write(DR, 0x55, 4);
    expect([serial.sent.length, read(DR)]).toEqual([0, 0x55]);
    expect(read(FR) & 0x107).toBe(0);
    uart.write(CR, UARTEN | TXE | RXE | LBE | (0xf << 10), 4);
    expect(read(FR) & 0x107).toBe(0x107);
    uart.write(CR, UARTEN | TXE | RXE, 4);
    expect(read(FR) & 0x107).toBe(0x007);
  });

  it("empties the FIFO when FEN changes and keeps it when it does not", () => {
    const { uart, serial, read } = given();
    serial.type("abc");
    uart.write(LCRH, 0x70, 4);
    expect(read(FR) & RXFE).toBe(0);
    uart.write(LCRH, 0x60, 4);
    expect(read(FR) & RXFE).toBe(RXFE);
  });

  it("serves the driver's interrupt loop for a line of input", () => {
    const { uart, serial, clock, irq, read } = given();
    uart.write(IMSC, RX | RT, 4);
    serial.type("echo hello; ls\n");
    let line = "";
    for (let i = 0; i < 10 && !line.endsWith("\n"); i++) {
      clock.advance(TIMEOUT_NS);
      if (!irq.level) continue;
      uart.write(ICR, read(MIS) & ~(TX | RT | RX), 4);
      while ((read(FR) & RXFE) === 0) line += String.fromCharCode(read(DR) & 0xff);
    }
    expect([line, irq.level]).toEqual(["echo hello; ls\n", false]);
  });

  it("works without a back end", () => {
    const board = bench({ withSerial: false });
    const uart = new Pl011(board.context);
    uart.reset();
    uart.write(DR, 0x41, 4);
    expect(readWord(uart, FR) & RXFE).toBe(RXFE);
  });

  it("shows the next character in a dump and leaves it there", () => {
    const { uart, serial, read } = given();
    serial.type("Q");
    expect(uart.dump().find((r) => r.name === "UARTDR")?.fields.DATA).toBe(0x51);
    expect(read(DR)).toBe(0x51);
  });

  it("names what is not modelled when a guest asks for it", () => {
    const { uart, log } = given();
    uart.write(0x048, 3, 4);
    expect(log.map((r) => r.message.split(" ")[0])).toEqual(["UARTDMACR.RXDMAE", "UARTDMACR.TXDMAE"]);
  });

  it("goes on after a restore with the FIFO, the interrupts and the timeout", () => {
    const first = given();
    first.uart.write(IMSC, RT, 4);
    first.serial.type("half a line");
    first.uart.receiveBreak();
    first.clock.advance(TIMEOUT_NS / 3);
    const second = bench({ irqCount: 1, clock: first.clock });
    const copy = restored(first.uart, second.context, Pl011);
    expect(second.irqs[0].level).toBe(false);
    first.clock.advance(TIMEOUT_NS);
    expect([second.irqs[0].level, first.irq.level]).toEqual([true, true]);
    for (let i = 0; i < 14; i++) {
      expect(readWord(copy, FR)).toBe(first.read(FR));
      expect(readWord(copy, DR)).toBe(first.read(DR));
      expect(readWord(copy, RIS)).toBe(first.read(RIS));
    }
    copy.write(DR, 0x21, 4);
    expect(second.serial.text).toBe("!");
    expect(second.irqs[0].level).toBe(false);
  });

  it("is told what the far end does, with an interrupt for each modem input that changed", () => {
    const { uart, irq, read } = given();
    const inputs = 7;
    expect(read(FR) & inputs).toBe(inputs);
    uart.write(IMSC, 0xe, 4);
    uart.farLineChanged({ kind: "modem", lines: { rts: false } });
    expect([read(FR) & inputs, read(MIS), irq.level]).toEqual([6, 2, true]);
    uart.write(ICR, 2, 4);
    uart.farLineChanged({ kind: "modem", lines: { dtr: false } });
    expect([read(FR) & inputs, read(MIS)]).toEqual([0, 0xc]);
    uart.farLineChanged({ kind: "break", isOn: true });
    uart.farLineChanged({ kind: "break", isOn: false });
    expect([read(RIS) & BE, read(DR) & 0x400]).toEqual([BE, 0x400]);
  });

  it("sends nothing while CTS is low, where the driver wants it so", () => {
    const { uart, serial, read } = given({ control: UARTEN | TXE | RXE | (1 << 15) });
    uart.farLineChanged({ kind: "modem", lines: { rts: false } });
    for (let i = 0; i < 20; i++) uart.write(DR, 0x61 + i, 4);
    expect([serial.text, read(FR) & (TXFE | (1 << 5) | (1 << 3))]).toEqual(["", (1 << 5) | (1 << 3)]);
    uart.farLineChanged({ kind: "modem", lines: { rts: true } });
    expect([serial.text, read(FR) & TXFE]).toEqual(["abcdefghijklmnop", TXFE]);
  });

  it("tells the far end its rate and format, DTR and RTS, and a break, each when it changes", () => {
    const told: LineEvent[] = [];
    const board = bench();
    board.serial.lineChanged = (event) => told.push(event);
    const uart = new Pl011(board.context);
    uart.reset();
    told.length = 0;
    uart.write(IBRD, 156, 4);
    uart.write(FBRD, 16, 4);
    uart.write(LCRH, 0x56, 4);
    uart.write(CR, UARTEN | (1 << 10), 4);
    uart.write(LCRH, 0x57, 4);
    uart.write(LCRH, 0x56, 4);
    expect(told).toEqual([
      { kind: "settings", settings: { baudRate: 9600, dataBits: 7, parity: "even", stopBits: 1 } },
      { kind: "modem", lines: { dtr: true, rts: false } },
      { kind: "break", isOn: true },
      { kind: "break", isOn: false },
    ]);
  });

  describe("on a paced line", () => {
    const FRAME_NS = (10e9 * (13 * 64 + 1)) / (4 * 24e6);
    const BUSY = 1 << 3;

    function givenPaced(options = {}) {
      const board = bench({ irqCount: 1 });
      board.serial.isPaced = true;
      const uart = new Pl011(board.context);
      uart.reset();
      uart.write(IBRD, 13, 4);
      uart.write(FBRD, 1, 4);
      uart.write(LCRH, 0x60 | FEN, 4);
      uart.write(CR, UARTEN | TXE | RXE, 4);
      return { ...board, uart, irq: board.irqs[0], read: (offset: number) => readWord(uart, offset), ...options };
    }

    it("sends a character in its time, with the interrupt at the FIFO's level", () => {
      const { uart, serial, clock, read, irq } = givenPaced();
      uart.write(IMSC, TX, 4);
      for (let i = 0; i < 17; i++) uart.write(DR, 0x61 + i, 4);
      expect([serial.text, read(FR) & (BUSY | (1 << 5) | TXFE), irq.level]).toEqual(["", BUSY | (1 << 5), false]);
      clock.advance(7.5 * FRAME_NS);
      expect([serial.text, irq.level]).toEqual(["abcdefg", false]);
      clock.advance(FRAME_NS);
      expect([serial.text, irq.level, read(RIS) & TX]).toEqual(["abcdefgh", true, TX]);
      clock.advance(9 * FRAME_NS);
      expect([serial.text, read(FR) & (BUSY | TXFE)]).toEqual(["abcdefghijklmnopq", TXFE]);
    });

    it("receives a character in its time, and an overrun when nobody reads", () => {
      const { serial, clock, read } = givenPaced();
      serial.type("x".repeat(17));
      clock.advance(1.5 * FRAME_NS);
      expect([serial.backlog, read(DR), read(FR) & RXFE]).toEqual([15, 0x78, RXFE]);
      clock.advance(16 * FRAME_NS);
      expect(read(RIS) & OE).toBe(0);
      serial.type("y");
      clock.advance(2 * FRAME_NS);
      expect(read(RIS) & OE).toBe(OE);
    });

    it("garbles for a far end at another rate, both ways, until the rates agree", () => {
      const { uart, serial, clock, read } = givenPaced();
      uart.farLineChanged({ kind: "settings", settings: { baudRate: 9600 } });
      for (const byte of Buffer.from("login: ")) uart.write(DR, byte, 4);
      clock.advance(100 * FRAME_NS);
      expect(serial.text.length).toBeLessThan(3);
      serial.type("a");
      clock.advance(100 * FRAME_NS);
      const seen = [];
      while ((read(FR) & RXFE) === 0) seen.push(read(DR));
      expect(seen.length).toBeGreaterThan(1);
      expect(seen).not.toContain(0x61);
      expect(read(RIS) & (BE | (1 << 7))).not.toBe(0);
      uart.farLineChanged({ kind: "settings", settings: { baudRate: 115_200 } });
      const before = serial.text;
      for (const byte of Buffer.from("login: ")) uart.write(DR, byte, 4);
      clock.advance(100 * FRAME_NS);
      expect(serial.text.slice(before.length)).toBe("login: ");
    });

    it("goes on after a restore in the middle of a character, paced or not", () => {
      const first = givenPaced();
      for (const byte of Buffer.from("abc")) first.uart.write(DR, byte, 4);
      first.serial.type("z");
      first.clock.advance(FRAME_NS / 2);
      const second = bench({ irqCount: 1, clock: first.clock });
      second.serial.isPaced = true;
      const copy = restored(first.uart, second.context, Pl011);
      const third = bench({ irqCount: 1, clock: first.clock });
      const other = new Pl011(third.context);
      other.restore(structuredClone(first.uart.save()));
      first.clock.advance(5 * FRAME_NS);
      expect([first.serial.text, second.serial.text, third.serial.text]).toEqual(["abc", "abc", "bc"]);
      expect([readWord(copy, DR), first.read(DR)]).toEqual([0x7a, 0x7a]);
    });
  });
});
