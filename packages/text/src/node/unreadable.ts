import { TextError } from '../text-error.ts';
import { errorCode, errorReason } from './error-reason.ts';

/** The error for a file or a folder that the system does not let us read. */
export function unreadable(operation: string, path: string, error: unknown): TextError {
  const message =
    errorCode(error) === 'ENOENT'
      ? `${operation}: there is no file or folder at ${path}. Check the path.`
      : `${operation}: could not read ${path}: ${errorReason(error)}`;
  return new TextError(message, { cause: error });
}
