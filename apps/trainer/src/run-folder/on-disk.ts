import { DiskError } from '@unroll/checkpoint';

/** Does what a full or failing disk may refuse. @throws DiskError naming the path, instead of what the system says alone */
export function onDisk<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new DiskError(
      `${path}: could not be written (${detail}). Is the disk full, or not yours to write to?`,
      {
        cause,
      },
    );
  }
}
