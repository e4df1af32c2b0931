import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Where programs keep what they can fetch again: `XDG_CACHE_HOME` or `~/.cache`, and `%LOCALAPPDATA%` on Windows.
 * A relative `XDG_CACHE_HOME` is ignored, as the XDG Base Directory Specification asks.
 */
export function userCacheFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = process.platform,
): string {
  const [configured, standard] =
    platform === 'win32'
      ? [env.LOCALAPPDATA, join(homedir(), 'AppData', 'Local')]
      : [env.XDG_CACHE_HOME, join(homedir(), '.cache')];
  return configured !== undefined && isAbsolute(configured) ? configured : standard;
}
