import { backendNames } from '@unroll/backend';
import { modelNames } from '@unroll/rnnlm';
import { Command, Option } from 'commander';
import { above0UpTo1, numberFrom, timeSpan, wholeFrom } from './arguments.ts';
import { downloadData } from './commands/data.ts';
import { doctor } from './commands/doctor.ts';
import { evaluateModel } from './commands/evaluate.ts';
import { generateText } from './commands/generate.ts';
import { inspect } from './commands/inspect.ts';
import { resumeRun } from './commands/resume.ts';
import { trainModel } from './commands/train.ts';
import { describeRates, optimizerNames, scheduleNames } from './optimizers.ts';
import { version } from './version.ts';

/**
 * The command line, from which help is made too.
 * @param command how it is called, for what it tells people to type next
 * @param end told the exit code of a command that ended without an error
 */
export function makeProgram(command: string, end: (code: number) => void): Command {
  const program = new Command('unroll')
    .description('Train a small recurrent language model on your own text, measure it, and let it write.')
    .version(version)
    .showHelpAfterError('(unroll --help, or unroll <command> --help, says what there is)')
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: false })
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  unroll train --data my.txt --tokenizer char --out runs/mine
  unroll generate runs/mine --prompt "Once upon a time" --tokens 300
  unroll evaluate runs/mine --data my.txt --split test

Exit codes: 0 done, 2 the command line makes no sense, 3 bad or damaged input, 4 training diverged, 5 the disk is full or
cannot be written, 130, 143, 129 ended by Ctrl-C, SIGTERM, SIGHUP, 1 anything else.`,
    );
  const withBackend = (subcommand: Command, isNew = true): Command => {
    const backend = new Option(
      '--backend <name>',
      isNew ? 'what computes; auto takes the fastest' : 'what computes (default: what the run was begun on)',
    ).choices(backendNames);
    const usual = isNew ? 'one for each core, 16 at most' : 'as many as it was begun with';
    return subcommand
      .addOption(isNew ? backend.default('auto') : backend)
      .option('--threads <n>', `how many threads compute, up to 64 (default: ${usual})`, wholeFrom(1));
  };

  withBackend(program.command('train'))
    .description('Train a model on a text; the defaults are those of the book for the Penn Treebank.')
    .requiredOption(
      '--data <path>',
      "a text file, a folder of text files, or a folder with PTB's three files",
    )
    .requiredOption('--out <folder>', 'where the model and the records of the run go')
    .addOption(new Option('--model <name>', 'which model').choices(modelNames).default('rnnlm'))
    .addOption(new Option('--tokenizer <kind>', 'what a token is').choices(['word', 'char']).default('word'))
    .option('--wordvec-size <D>', 'size of a word vector', wholeFrom(1), 100)
    .option('--hidden-size <H>', 'size of the hidden state', wholeFrom(1), 100)
    .option('--batch-size <N>', 'streams of text side by side', wholeFrom(1), 20)
    .option('--time-size <T>', 'steps of truncated backpropagation', wholeFrom(1), 35)
    .option('--epochs <n>', 'how often the text is read', wholeFrom(1), 4)
    .option('--max-steps <n>', 'end earlier, after this many steps', wholeFrom(1))
    .addOption(new Option('--optimizer <name>', 'how weights move').choices(optimizerNames).default('sgd'))
    .option('--lr <rate>', `learning rate (default: ${describeRates()})`, numberFrom(0))
    .option('--max-grad <norm>', 'clip the gradients at this norm; 0: never', numberFrom(0), 0.25)
    .addOption(
      new Option('--schedule <name>', 'how the learning rate changes')
        .choices(scheduleNames)
        .default('constant'),
    )
    .option('--warmup <steps>', 'of --schedule warmup or cosine', wholeFrom(0), 0)
    .option('--seed <n>', 'of the initial weights and the samples', wholeFrom(0), 1)
    .option('--weights <file>', 'start from these weights: a safetensors file or a model folder')
    .option(
      '--eval-interval <steps>',
      'evaluate every so many steps instead of after every epoch',
      wholeFrom(1),
    )
    .option('--log-every <steps>', 'log every so many steps', wholeFrom(1), 20)
    .option(
      '--sample-size <tokens>',
      'length of the sample after an evaluation; 0: none (default: 30 words or 160 characters)',
      wholeFrom(0),
    )
    .option(
      '--save-interval <steps>',
      'a checkpoint every so many steps (default: every 2 minutes)',
      wholeFrom(1),
    )
    .option('--keep <n>', 'how many checkpoints stay', wholeFrom(1), 2)
    .option('--max-time <time>', 'save and end after 90s, 30m or 8h; unroll resume goes on', timeSpan)
    .option('--force', 'let the run in that folder be written over')
    .addHelpText(
      'after',
      `
Examples:
  unroll data ptb
  unroll train --data ~/.cache/unroll/ptb --out runs/ptb
  unroll train --data my.txt --tokenizer char --optimizer adam --lr 0.002 --max-grad 5 --hidden-size 128 --out runs/mine`,
    )
    .action(async (options) => end(await trainModel({ ...options, command })));

  withBackend(program.command('resume'), false)
    .description('Go on with a run that ended early, to the same bits as if it had never stopped.')
    .argument('<run folder>', 'the --out of unroll train')
    .option('--data <path>', 'where the text lies now (default: where it lay)')
    .option('--max-time <time>', 'save and end again after 90s, 30m or 8h', timeSpan)
    .action(async (folder: string, options) => end(await resumeRun(folder, { ...options, command })));

  withBackend(program.command('evaluate'))
    .description("Measure a model's perplexity on a text.")
    .argument('<model folder>', 'as unroll train writes it')
    .requiredOption('--data <path>', 'a text file, or a folder as for unroll train')
    .addOption(
      new Option(
        '--split <name>',
        'which part of the data (default: a single text whole, else test)',
      ).choices(['train', 'valid', 'test', 'all']),
    )
    .option('--batch-size <N>', 'streams side by side (default: 10)', wholeFrom(1))
    .option('--time-size <T>', 'steps at a time (default: 35)', wholeFrom(1))
    .option(
      '--exact',
      "count every prediction, in one stream, instead of the book's protocol; so are texts too short for that",
    )
    .option('--json', 'print one JSON object')
    .action((folder: string, options) => evaluateModel(folder, options));

  withBackend(program.command('generate'))
    .description('Let a model write.')
    .argument('<model folder>', 'as unroll train writes it')
    .option('--prompt <text>', 'what to go on from')
    .option('--tokens <n>', 'how many tokens to write', wholeFrom(0), 200)
    .option(
      '--temperature <t>',
      'below 1 more cautious, above 1 more daring, 0 always the likeliest',
      numberFrom(0),
      1,
    )
    .option('--top-k <k>', 'draw only from the k likeliest', wholeFrom(1))
    .option('--top-p <p>', 'draw only from the likeliest that together reach p', above0UpTo1)
    .option(
      '--skip <token>',
      'a token never to write; may be given again (default: <unk>)',
      (token: string, before: string[] = []) => [...before, token],
    )
    .option('--seed <n>', 'of the drawing', wholeFrom(0), 1)
    .action(async (folder: string, options) => end(await generateText(folder, options)));

  program
    .command('inspect')
    .description('Show the tensors of a model folder, a checkpoint of a run or a safetensors file.')
    .argument('<path>', 'a model folder, a folder under checkpoints, or a safetensors file')
    .option('--json', 'print one JSON object')
    .action((path: string, options) => inspect(path, options));

  program
    .command('data')
    .description('Fetch a data set into the cache folder, once, and print where it lies.')
    .addArgument(program.createArgument('<name>', 'which one').choices(['ptb']))
    .action(() => downloadData());

  program
    .command('doctor')
    .description(
      'Tell what this machine offers: SIMD, threads, a BLAS, and how fast each backend multiplies.',
    )
    .option('--json', 'print one JSON object')
    .action((options) => doctor(options));

  return program;
}
