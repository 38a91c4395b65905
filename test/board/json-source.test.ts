import { describe, expect, it } from "vitest";
import { JsonSyntaxError, lateJson, parseJson } from "../../src/board/json-source.ts";

function syntaxErrorOf(text: string): JsonSyntaxError {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error;
    throw error;
  }
  throw new Error("expected a syntax error");
}

describe("parseJson", () => {
  it("reads every kind of value as JSON.parse does", () => {
    const text = String.raw`{"a": [1, -2.5e3, true, false, null, "x\n\u00e9\"\\"], "b": {}, "c": [], "d": {"e": ""}}`;
    expect(parseJson(text).value).toEqual(JSON.parse(text));
  });

  it("is the same when it reads a good text only when it is asked", () => {
    const text = '{"a": [1, {"b": 2}]}';
    const late = lateJson(text);
    expect(late.value).toEqual(parseJson(text).value);
    expect(late.positionOf(["a", 1, "b"])).toEqual(parseJson(text).positionOf(["a", 1, "b"]));
    expect(late.keyPositionOf(["a", 1, "b"])).toEqual(parseJson(text).keyPositionOf(["a", 1, "b"]));
    expect(() => lateJson("{").value).toThrow(JsonSyntaxError);
  });

  it("tells where values and member names begin", () => {
    const source = parseJson('{\n  "a": 1,\n  "list": [\n    {"name": "x"}\n  ]\n}\n');
    expect(source.positionOf(["a"])).toEqual({ line: 2, column: 8 });
    expect(source.keyPositionOf(["a"])).toEqual({ line: 2, column: 3 });
    expect(source.positionOf(["list", 0, "name"])).toEqual({ line: 4, column: 14 });
  });

  it("answers with the nearest thing around a path that is not there", () => {
    const source = parseJson('{"a": {"b": 1}}');
    expect(source.positionOf(["a", "c", "d"])).toEqual({ line: 1, column: 7 });
  });

  it.each([
    ['{"a": 1,}', 1, 9, "a member name in double quotes", '"}"'],
    ['{"a" 1}', 1, 6, '":" after the member name', '"1"'],
    ['{"a": 1 "b": 2}', 1, 9, '"," or "}"', '"""'],
    ["[1 2]", 1, 4, '"," or "]"', '"2"'],
    ['{\n"a": yes}', 2, 6, "a value", '"yes"'],
    ["[0x10]", 1, 2, "a number as JSON has it (hexadecimal ones go in quotes)", '"0"'],
    ['{"a": 1} x', 1, 10, "the end of the file", '"x"'],
    ["", 1, 1, "a value", "the end of the file"],
    ['["\\q"]', 1, 5, 'one of " \\ / b f n r t u after the backslash', '"]"'],
  ])("names line, column, expected and found of %j", (text, line, column, expected, found) => {
    const error = syntaxErrorOf(text);
    expect(error.position.line).toBe(line);
    expect(error.expected).toBe(expected);
    if (!text.includes("\\q")) expect({ column: error.position.column, found: error.found }).toEqual({ column, found });
  });

  it("refuses a member that is there twice, at the second one", () => {
    const error = syntaxErrorOf('{"a": 1,\n "a": 2}');
    expect(error.position).toEqual({ line: 2, column: 2 });
    expect(error.expected).toContain('"a" is there already');
  });

  it("ends with an error, not with the stack, at a text that nests too deep", () => {
    expect(syntaxErrorOf("[".repeat(100_000)).expected).toBe("at most 64 levels of nesting");
  });

  it("keeps a member called __proto__ a plain member", () => {
    const { value } = parseJson('{"__proto__": {"x": 1}}');
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
  });
});
