/** Why a system call or a fetch failed, in the system's words; fetch hides them in the error's cause. */
export function errorReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return errorReason(error.cause);
  return error.message || errorCode(error) || error.name;
}

/** The system's name of a failure, such as ENOENT. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
