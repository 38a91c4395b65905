/**
 * The store of named snapshots: `snapshot save | load | list | delete` at the console, `--from-snapshot` at the start.
 *
 * A snapshot is a file named by its own SHA-256; its pages are in packs named by theirs. Everything is verified before
 * anything of it comes into a machine. Format: `docs/snapshot-format.md`, "The snapshot store".
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { HvError, nameHint, type State } from "../base/index.ts";
import { takeLock } from "../guest/index.ts";
import { parseStateText, type Snapshot, stateText } from "../vm/index.ts";
import { snapshotUnwritable } from "./errors.ts";
import { snapshotUnknown, storeBusy, storeDamaged } from "./scenario-errors.ts";
import { digestOf, encodePack, readPack, readPackIndex } from "./snapshot-pack.ts";

const SCHEMA = "komainu.snapshot/1";
const SUFFIX = ".snapshot";
const PACK_SUFFIX = ".pack";
const MAX_MANIFEST_BYTES = 64 << 20;
/** Shorter ones are names. */
const LEAST_ID_CHARACTERS = 6;
export const SNAPSHOT_NAME = /^[\w.-]{1,64}$/;

/** Made when the first manifest is read: most starts of a machine read none. */
function makeManifestSchema() {
  const hex = z.string().regex(/^[0-9a-f]{64}$/);
  const index = z
    .int()
    .nonnegative()
    .max(2 ** 20);
  return z.strictObject({
    schema: z.literal(SCHEMA),
    name: z.string().regex(SNAPSHOT_NAME),
    board: z.string().max(100),
    instructions: z.int().nonnegative(),
    virtualNs: z.number().nonnegative(),
    packs: z.array(hex).max(10_000),
    /** Page number of RAM, pack, place in it. */
    pages: z.array(z.tuple([index, index, index])).max(2 ** 20),
    /** What `stateText` made. */
    state: z.string(),
  });
}
type ManifestSchema = ReturnType<typeof makeManifestSchema>;
let manifestSchema: ManifestSchema | undefined;
type Manifest = z.output<ManifestSchema>;

export interface SnapshotEntry {
  readonly id: string;
  readonly name: string;
  readonly board: string;
  readonly instructions: number;
  readonly virtualNs: number;
  readonly pageCount: number;
  /** When it was saved, in milliseconds since 1970. */
  readonly savedMs: number;
}

export interface DeletedSnapshot {
  readonly id: string;
  readonly name: string;
  /** Of its own file and of the packs that nobody else names. */
  readonly freedBytes: number;
  /** An older one of the same name is there, which `load` takes now. */
  readonly hasOlder: boolean;
}

interface Named {
  readonly name: string;
  readonly board: string;
  readonly instructions: number;
  readonly virtualNs: number;
}

export class SnapshotStore {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Saves what `named` tells of; pages that the store has already are only named. Throws `snapshot-unwritable`. */
  save(named: Named, { state, pages }: Snapshot): SnapshotEntry {
    try {
      return this.alone(() => {
        const manifest = this.place(named, state, pages);
        const text = Buffer.from(JSON.stringify(manifest), "utf8");
        const id = digestOf(text).toString("hex");
        this.write(`${id}${SUFFIX}`, text);
        return this.entry(id, manifest);
      });
    } catch (error) {
      if (error instanceof HvError) throw error;
      throw snapshotUnwritable(join(this.folder, named.name), error);
    }
  }

  /** The newest of that name, or the one whose id begins so. Throws `snapshot-unknown` and `snapshot-store-damaged`. */
  load(nameOrId: string): { entry: SnapshotEntry; snapshot: Snapshot } {
    const { id } = this.find(nameOrId);
    const manifest = this.manifest(id);
    const path = join(this.folder, `${id}${SUFFIX}`);
    const packs = manifest.packs.map((digest) => readPack(join(this.folder, `${digest}${PACK_SUFFIX}`), digest));
    const pages = new Map<number, Uint8Array>();
    let last = -1;
    for (const [page, pack, place] of manifest.pages) {
      const bytes = packs[pack]?.[place];
      if (bytes === undefined) throw storeDamaged(path, "pages of its packs", `place ${place} of pack ${pack}`);
      if (page <= last) throw storeDamaged(path, `a page after ${last}`, `page ${page}`);
      pages.set(page, bytes);
      last = page;
    }
    return { entry: this.entry(id, manifest), snapshot: { state: parseStateText(manifest.state), pages } };
  }

  /**
   * Takes a snapshot away, the newest of a name as `load` takes it, and the packs that no other snapshot names. Its own
   * file goes first: whatever ends this in between leaves packs too many, never a snapshot without its pages. Throws
   * `snapshot-unknown`, `snapshot-store-busy`, `snapshot-unwritable`.
   */
  delete(nameOrId: string): DeletedSnapshot {
    const { id } = this.find(nameOrId);
    const path = join(this.folder, `${id}${SUFFIX}`);
    try {
      return this.alone(() => {
        const name = this.nameOf(id);
        let freedBytes = statSync(path).size;
        rmSync(path);
        for (const pack of this.unnamedPacks()) {
          freedBytes += statSync(pack).size;
          rmSync(pack);
        }
        const hasOlder = this.list().some((entry) => entry.name === name);
        return { id, name: name ?? nameOrId, freedBytes, hasOlder };
      });
    } catch (error) {
      if (error instanceof HvError) throw error;
      throw snapshotUnwritable(path, error);
    }
  }

  /** `undefined` for one that is damaged. */
  private nameOf(id: string): string | undefined {
    try {
      return this.manifest(id).name;
    } catch (error) {
      if (error instanceof HvError) return undefined;
      throw error;
    }
  }

  /** Packs that no snapshot names. One that cannot be read may name any: then none is known to be unnamed. */
  private unnamedPacks(): string[] {
    const named = new Set<string>();
    for (const id of this.ids()) {
      try {
        for (const pack of this.manifest(id).packs) named.add(`${pack}${PACK_SUFFIX}`);
      } catch (error) {
        if (error instanceof HvError) return [];
        throw error;
      }
    }
    const packs = readdirSync(this.folder).filter((file) => file.endsWith(PACK_SUFFIX));
    return packs.filter((file) => !named.has(file)).map((file) => join(this.folder, file));
  }

  /** A pack that one process names in a new snapshot must not be deleted by another. */
  private alone<T>(work: () => T): T {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    let release: () => void;
    try {
      release = takeLock(join(this.folder, "lock"));
    } catch (error) {
      if (error instanceof HvError) throw storeBusy(this.folder, error);
      throw error;
    }
    try {
      return work();
    } finally {
      release();
    }
  }

  /** The oldest first; what is damaged is left out here, and refused when it is asked for. */
  list(): SnapshotEntry[] {
    const entries = this.ids().flatMap((id) => {
      try {
        return [this.entry(id, this.manifest(id))];
      } catch (error) {
        if (error instanceof HvError) return [];
        throw error;
      }
    });
    return entries.sort((a, b) => a.savedMs - b.savedMs || (a.id < b.id ? -1 : 1));
  }

  private find(nameOrId: string): { id: string } {
    const entries = this.list();
    const named = entries.filter(({ name }) => name === nameOrId).at(-1);
    if (named !== undefined) return named;
    const isId = nameOrId.length >= LEAST_ID_CHARACTERS && /^[0-9a-f]+$/.test(nameOrId);
    const [id, another] = isId ? this.ids().filter((candidate) => candidate.startsWith(nameOrId)) : [];
    if (id !== undefined && another === undefined) return { id };
    throw snapshotUnknown(nameOrId, nameHint("snapshots", nameOrId, [...new Set(entries.map(({ name }) => name))]));
  }

  private ids(): string[] {
    let names: string[];
    try {
      names = readdirSync(this.folder);
    } catch {
      return [];
    }
    return names.filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length));
  }

  /** Verified: what it says is what was saved under this id. */
  private manifest(id: string): Manifest {
    const path = join(this.folder, `${id}${SUFFIX}`);
    let text: Buffer;
    try {
      if (statSync(path).size > MAX_MANIFEST_BYTES) throw new Error("a file of that size is no snapshot");
      text = readFileSync(path);
    } catch (error) {
      throw storeDamaged(path, "a snapshot", error instanceof Error ? error.message : String(error));
    }
    if (digestOf(text).toString("hex") !== id) throw storeDamaged(path, "contents that match its name", "others");
    let value: unknown;
    try {
      value = JSON.parse(text.toString("utf8"));
    } catch {
      throw storeDamaged(path, "a line of JSON", "something else");
    }
    manifestSchema ??= makeManifestSchema();
    const result = manifestSchema.safeParse(value);
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    throw storeDamaged(path, `a snapshot of ${SCHEMA}`, `${issue.message} at ${issue.path.map(String).join(".")}`);
  }

  private entry(id: string, { name, board, instructions, virtualNs, pages }: Manifest): SnapshotEntry {
    const savedMs = statSync(join(this.folder, `${id}${SUFFIX}`)).mtimeMs;
    return { id, name, board, instructions, virtualNs, pageCount: pages.length, savedMs };
  }

  /** Puts pages that no pack holds into a new one, and says where each page is. */
  private place(named: Named, state: State, pages: Snapshot["pages"]): Manifest {
    const known = this.knownPages();
    const added: { digest: Buffer; bytes: Uint8Array }[] = [];
    const places: { page: number; pack: string; place: number }[] = [];
    const NEW = "new";
    for (const [page, bytes] of pages) {
      const digest = digestOf(bytes);
      const key = digest.toString("hex");
      const place = known.get(key) ?? { pack: NEW, place: added.length };
      if (place.pack === NEW && place.place === added.length) {
        added.push({ digest, bytes });
        known.set(key, place);
      }
      places.push({ page, ...place });
    }
    const pack = added.length === 0 ? "" : this.writePack(added);
    const packOf = (name: string): string => (name === NEW ? pack : name);
    const packs = [...new Set(places.map((place) => packOf(place.pack)))];
    return {
      schema: SCHEMA,
      ...named,
      packs,
      pages: places.map(({ page, pack: name, place }) => [page, packs.indexOf(packOf(name)), place]),
      state: stateText(state),
    };
  }

  /** Every page in the store by its digest; packs that cannot be read hold none. */
  private knownPages(): Map<string, { pack: string; place: number }> {
    const known = new Map<string, { pack: string; place: number }>();
    for (const name of readdirSync(this.folder).filter((file) => file.endsWith(PACK_SUFFIX))) {
      const pack = name.slice(0, -PACK_SUFFIX.length);
      try {
        // A damaged pack must not be named by a new snapshot too.
        readPack(join(this.folder, name), pack);
        for (const [place, digest] of readPackIndex(join(this.folder, name)).entries())
          known.set(digest, { pack, place });
      } catch (error) {
        if (!(error instanceof HvError)) throw error;
      }
    }
    return known;
  }

  private writePack(pages: readonly { digest: Buffer; bytes: Uint8Array }[]): string {
    const file = encodePack(pages);
    const digest = digestOf(file).toString("hex");
    this.write(`${digest}${PACK_SUFFIX}`, file);
    return digest;
  }

  /** Whole or not at all. */
  private write(name: string, bytes: Uint8Array): void {
    const path = join(this.folder, name);
    const partial = `${path}.${process.pid}.partial`;
    try {
      writeFileSync(partial, bytes, { mode: 0o600 });
      renameSync(partial, path);
    } catch (error) {
      rmSync(partial, { force: true });
      throw error;
    }
  }
}
