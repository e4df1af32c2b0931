import { TextError } from '@unroll/text';
import { CommanderError } from 'commander';
import pc from 'picocolors';
import { ExitCode, exitCodeOf } from './exit-code.ts';
import { visible } from './format.ts';
import { makeProgram } from './program.ts';

/**
 * A reader that goes away (`unroll generate … | head`) is no error. Without standard output there is nothing left to do;
 * without standard error, training goes on for its folder's sake.
 */
function forgiveClosedPipes(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(ExitCode.ok);
    console.error(`${pc.red('error:')} standard output could not be written (${error.message})`);
    process.exit(ExitCode.disk);
  });
  process.stderr.on('error', () => {});
}

/** Errors about text begin with the function that raised them, which says nothing to whoever typed a command; or with a file, and then that. */
function withoutOperation(error: Error): string {
  const { message, cause } = error;
  if (!TextError.isInstance(error)) return message;
  if (TextError.isInstance(cause) && message.endsWith(`: ${cause.message}`)) {
    return message.slice(0, -cause.message.length) + withoutOperation(cause);
  }
  return message.replace(/^[A-Za-z]+(\.[A-Za-z]+)?: /, '');
}

/**
 * Runs the command line `unroll <arguments>`; resolves with the exit code.
 * @param command how the command is called here, for what it tells people to type next
 */
export async function main(args: readonly string[], command = 'unroll'): Promise<number> {
  forgiveClosedPipes();
  let code: number = ExitCode.ok;
  const program = makeProgram(command, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version end this way too, with 0; commander has printed its message.
      return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    }
    code = exitCodeOf(error);
    const message = error instanceof Error ? withoutOperation(error) : String(error);
    console.error(`${pc.red('error:')} ${visible(message)}`);
    if (code === ExitCode.unexpected && error instanceof Error) console.error(pc.dim(error.stack ?? ''));
    return code;
  }
}
