/** Bytes as hexdump -C shows them; what does not fill a line yet is shown when it does, or at `flush`. */

const WIDTH = 16;

const hex = (value: number, width: number): string => value.toString(16).padStart(width, "0");
const printable = (byte: number): string => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".");

export class HexDump {
  private offset = 0;
  private rest: number[] = [];

  feed(data: Uint8Array): string {
    this.rest.push(...data);
    let text = "";
    while (this.rest.length >= WIDTH) text += this.line(this.rest.splice(0, WIDTH));
    return text;
  }

  flush(): string {
    return this.rest.length === 0 ? "" : this.line(this.rest.splice(0));
  }

  private line(bytes: readonly number[]): string {
    const cells = bytes.map((byte, i) => `${i === WIDTH / 2 ? " " : ""}${hex(byte, 2)}`).join(" ");
    const line = `${hex(this.offset, 8)}  ${cells.padEnd(WIDTH * 3)}  |${bytes.map(printable).join("")}|\r\n`;
    this.offset += bytes.length;
    return line;
  }
}
