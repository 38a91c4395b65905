import { describe, expect, it } from "vitest";
import { splitBoard } from "../../src/main/exec-words.ts";

describe("the words of exec", () => {
  const isCommand = (name: string) => ["version", "ids"].includes(name);

  it.each([
    [
      ["versatilepb", "version"],
      ["versatilepb", ["version"]],
    ],
    [["version"], ["versatilepb", ["version"]]],
    [
      ["ids plist", "version"],
      ["versatilepb", ["ids plist", "version"]],
    ],
    [
      ["boards/versatilepb.json", "version"],
      ["boards/versatilepb.json", ["version"]],
    ],
    [
      ["mine.json", "version"],
      ["mine.json", ["version"]],
    ],
    [
      ["versatilpb", "version"],
      ["versatilpb", ["version"]],
    ],
    [["frob x"], ["versatilepb", ["frob x"]]],
    [[], ["versatilepb", []]],
  ])("%j are a board and commands", (words, expected) => {
    expect(splitBoard(words, { defaultBoard: "versatilepb", isCommand })).toEqual(expected);
  });
});
