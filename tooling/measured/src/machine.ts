import { arch, cpus, platform, release } from 'node:os';
import { z } from 'zod';

/** What something was measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly platform: string;
  readonly node: string;
}

export const machineSchema: z.ZodType<Machine> = z.object({
  cpu: z.string(),
  cores: z.int().min(1),
  platform: z.string(),
  node: z.string(),
});

export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    platform: `${platform()} ${release().split('-')[0]} ${arch()}`,
    node: process.version,
  };
}
