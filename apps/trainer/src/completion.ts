import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { completionScripts } from './completion-scripts.ts';

/** What decides about a word, and ends by telling the shell whether it may offer files: never, as the library has it. */
interface Completer {
  readonly completions: readonly unknown[];
  complete(word: string): void;
}

/** Of the protocol between library and shell: offer what you would offer anyway, which is files. */
const FILES = ':0';

/**
 * Adds `unroll complete -- …`, which says what may come next, and `unroll completion <shell>`, which prints what a shell loads to ask
 * that. The library's own scripts evaluate the command line, with all that stands in it; ours do not.
 */
export function addCompletion(program: Command): void {
  const completer = tab(program, { completionCommandName: LIBRARYS_OWN }) as unknown as Completer;
  const complete = completer.complete.bind(completer);
  completer.complete = (word) => {
    if (completer.completions.length === 0) console.log(FILES);
    else complete(word);
  };
  const scripts = program.commands as Command[];
  scripts.splice(
    scripts.findIndex((command) => command.name() === LIBRARYS_OWN),
    1,
  );
  program
    .command('completion')
    .description('Print what lets a shell complete commands and options.')
    .addHelpText(
      'before',
      'Examples:\n  source <(unroll completion bash)\n  unroll completion fish | source\n',
    )
    .addArgument(program.createArgument('<shell>', 'which one').choices(Object.keys(completionScripts)))
    .action((shell: string) => {
      process.stdout.write(completionScripts[shell]);
    });
}

const LIBRARYS_OWN = 'completion-of-the-library';
