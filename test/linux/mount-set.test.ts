import { describe, expect, it } from "vitest";
import type { FieldName } from "../../src/linux/index.ts";
import { mountsOfNamespace } from "../../src/linux/mount-set.ts";
import { Arena } from "./arena.ts";

const LINK = 0x20;
const AT = 8;

/** What the mounts of a name space are, when only the named fields are known. */
function walked(fields: Partial<Record<FieldName, number>>, lay: (arena: Arena, namespace: number) => void) {
  const arena = new Arena(fields);
  const namespace = arena.take(0x40);
  lay(arena, namespace);
  return { arena, walk: mountsOfNamespace(arena, arena.offsetOf, namespace) };
}

describe("the mounts of a name space", () => {
  it("are the elements of a ring, where the kernel has one", () => {
    let first = 0;
    const { walk } = walked({ "mnt_namespace.list": AT, "mount.mnt_list": LINK }, (arena, namespace) => {
      first = arena.take(0x80);
      arena.words(namespace + AT, [first + LINK, first + LINK]);
      arena.words(first + LINK, [namespace + AT, namespace + AT]);
    });
    expect(walk).toEqual({ mounts: [first], damage: [], inUpdate: false });
  });

  it("are the nodes of a tree in its order, where the kernel has that", () => {
    const mounts: number[] = [];
    const { walk } = walked({ "mnt_namespace.mounts": AT, "mount.mnt_node": LINK }, (arena, namespace) => {
      for (let index = 0; index < 3; index++) mounts.push(arena.take(0x80));
      const [low, root, high] = mounts.map((mount) => mount + LINK);
      arena.words(namespace + AT, [root]);
      arena.words(root, [1, high, low]);
      arena.words(low, [root, 0, 0]);
      arena.words(high, [root, 0, 0]);
    });
    expect(walk).toEqual({ mounts, damage: [], inUpdate: false });
  });

  it("are those before the damage, which is told", () => {
    const { walk } = walked({ "mnt_namespace.mounts": AT, "mount.mnt_node": LINK }, (arena, namespace) => {
      arena.words(namespace + AT, [0x1000]);
    });
    expect(walk.mounts).toEqual([]);
    expect(walk.damage).toMatchObject([{ kind: "wild-pointer", value: 0x1000 }]);
  });

  it("are none while neither is known", () => {
    expect(walked({ "mount.mnt_list": LINK }, () => undefined).walk.mounts).toEqual([]);
  });
});
