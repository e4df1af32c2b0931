import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckpointError } from '@unroll/checkpoint';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/unroll.ts';
import { resolveSettings } from '../settings/layers.ts';
import { parseRunConfig, readRunConfig, serializeRunConfig } from './run-config.ts';

const { settings } = resolveSettings([{ origin: 'here', values: { model: { hiddenSize: 7 } } }]);
const config = { settings, dataSha256: 'ab' };

describe('run.json', () => {
  it('comes back as it was', () => {
    expect(parseRunConfig(serializeRunConfig(config), 'run.json')).toEqual(config);
  });

  it.each([
    ['{}', 'expected version 2, got undefined'],
    ['{"version":2}', 'expected dataSha256 to be text'],
    [
      '{"version":2,"dataSha256":"ab","settings":{"model":{"hiddenSize":-1}}}',
      'expected a whole number from 1',
    ],
    ['{"version":2,"dataSha256":"ab","settings":[]}', 'expected settings by name'],
    ['{"version":2,"dataSha256":"ab","settings":{"__proto__":{"x":1}}}', 'there is no setting __proto__'],
  ])('is refused where it says %s', (text, message) => {
    const parse = () => parseRunConfig(new TextEncoder().encode(text), 'mine/run.json');
    expect(parse).toThrow(CheckpointError);
    expect(parse).toThrow('mine/run.json');
    expect(parse).toThrow(message);
  });

  it('is refused where it cannot be read, or is far too large', async () => {
    const path = join(await temporaryFolder(), 'run.json');
    await expect(readRunConfig(path)).rejects.toThrow(
      `${path}: there is no such file. Is it the folder of a run?`,
    );
    await mkdir(path);
    await expect(readRunConfig(path)).rejects.toThrow(`${path}: expected a file, got a folder`);
    await writeFile(`${path}.large`, new Uint8Array(1_048_577));
    await expect(readRunConfig(`${path}.large`)).rejects.toThrow(CheckpointError);
  });
});
