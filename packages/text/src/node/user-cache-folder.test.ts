import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { userCacheFolder } from './user-cache-folder.ts';

describe('the cache folder', () => {
  test('is where XDG_CACHE_HOME says', () => {
    expect(userCacheFolder({ XDG_CACHE_HOME: '/caches' }, 'linux')).toBe('/caches');
  });

  test.each([{}, { XDG_CACHE_HOME: '' }, { XDG_CACHE_HOME: 'relative' }])('is ~/.cache with %j', (env) => {
    expect(userCacheFolder(env, 'darwin')).toBe(join(homedir(), '.cache'));
  });

  test('is %LOCALAPPDATA% on Windows, or its usual place', () => {
    const env = { LOCALAPPDATA: '/Local', XDG_CACHE_HOME: '/caches' };
    expect(userCacheFolder(env, 'win32')).toBe('/Local');
    expect(userCacheFolder({}, 'win32')).toBe(join(homedir(), 'AppData', 'Local'));
  });
});
