/** The folders for files that can be made again, and for those that cannot (XDG Base Directory Specification). */
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Where Komainu caches: `$XDG_CACHE_HOME/komainu`, else `~/.cache/komainu`. */
export function defaultCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.XDG_CACHE_HOME;
  // The specification says that a relative path is to be ignored.
  return base !== undefined && isAbsolute(base) ? join(base, "komainu") : join(homedir(), ".cache", "komainu");
}

/** Where Komainu keeps what its user made: `$XDG_DATA_HOME/komainu`, else `~/.local/share/komainu`. */
export function defaultDataFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.XDG_DATA_HOME;
  return base !== undefined && isAbsolute(base) ? join(base, "komainu") : join(homedir(), ".local", "share", "komainu");
}
