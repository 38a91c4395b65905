import { describe, expect, it } from "vitest";
import { TokenReader, tokenCheck } from "../../src/serial/access-token.ts";

const fed = (reader: TokenReader, text: string) => {
  const said = reader.feed(Buffer.from(text));
  return said === undefined ? undefined : [said.word, Buffer.from(said.rest).toString()];
};

describe("the token of a port", () => {
  it("is one word, and no word is one where none is set", () => {
    const isToken = tokenCheck("open sesame");
    expect([isToken("open sesame"), isToken("open"), isToken(""), tokenCheck(undefined)("")]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it("is read up to the end of its line, in pieces too, and what follows is the console's", () => {
    const reader = new TokenReader();
    expect([fed(reader, "se"), fed(reader, "same\r\nhelp\r")]).toEqual([undefined, ["sesame", "help\r"]]);
    expect(fed(new TokenReader(), "x\n")).toEqual(["x", ""]);
  });

  it("is over at 256 bytes, whatever is sent", () => {
    expect(fed(new TokenReader(), "a".repeat(10_000))?.[0]).toHaveLength(256);
  });
});
