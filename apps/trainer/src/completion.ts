import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';

/** What decides about a word, and ends by telling the shell whether it may offer files: never, as the library has it. */
interface Completer {
  readonly completions: readonly unknown[];
  complete(word: string): void;
}

/** Of the protocol between library and shell: offer what you would offer anyway, which is files. */
const FILES = ':0';

/**
 * Adds `unroll completion <shell>`, which prints what a shell loads, and `unroll complete -- …`, which that asks. Where nothing is
 * known, as for a path, the shell offers files.
 */
export function addCompletion(program: Command): void {
  const completer = tab(program, { completionCommandName: 'completion' }) as unknown as Completer;
  const complete = completer.complete.bind(completer);
  completer.complete = (word) => {
    if (completer.completions.length === 0) console.log(FILES);
    else complete(word);
  };
  const completion = program.commands.find((command) => command.name() === 'completion');
  completion
    ?.description('Print what lets a shell complete commands and options.')
    .addHelpText(
      'before',
      'Examples:\n  source <(unroll completion bash)\n  unroll completion fish | source\n',
    );
}
