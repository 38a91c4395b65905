import { describe, expect, it } from "vitest";
import { WatchKind } from "../../src/arm/core/index.ts";
import { stopReply } from "../../src/gdb/stop-reply.ts";

const plain = { knowsKinds: false, isHardware: false };

describe("a stop as the debugger is told of it", () => {
  it("is an interrupt's or a trap's signal", () => {
    expect(stopReply({ kind: "interrupted" }, plain)).toBe("T02thread:1;");
    expect(stopReply({ kind: "stepped" }, plain)).toBe("T05thread:1;");
    expect(stopReply({ kind: "place" }, plain)).toBe("T05thread:1;");
  });

  it("names the kind of breakpoint to a debugger that knows kinds", () => {
    expect(stopReply({ kind: "place" }, { knowsKinds: true, isHardware: false })).toBe("T05swbreak:;thread:1;");
    expect(stopReply({ kind: "place" }, { knowsKinds: true, isHardware: true })).toBe("T05hwbreak:;thread:1;");
  });

  it("names a watched address", () => {
    const at = { address: 0xc05a5280, sizeBytes: 4 };
    expect(stopReply({ kind: "watch", watch: { ...at, kind: WatchKind.write } }, plain)).toBe(
      "T05watch:c05a5280;thread:1;",
    );
    expect(stopReply({ kind: "watch", watch: { ...at, kind: WatchKind.read } }, plain)).toBe(
      "T05rwatch:c05a5280;thread:1;",
    );
    expect(stopReply({ kind: "watch", watch: { ...at, kind: WatchKind.access } }, plain)).toBe(
      "T05awatch:c05a5280;thread:1;",
    );
  });

  it("says where the history begins", () => {
    expect(stopReply({ kind: "history-begins" }, plain)).toBe("T05replaylog:begin;thread:1;");
  });
});
