import { backendNames } from '@unroll/backend';
import { Command, Option } from 'commander';
import { above0UpTo1, from0Below1, from0UpTo1, numberFrom, timeSpan, wholeFrom } from './arguments.ts';
import { addCompletion } from './completion.ts';
import { exitCodes } from './exit-code.ts';
import { compareOrders } from './records/compare-orders.ts';
import { addSettingOptions, gathered, gatheredText } from './settings/options.ts';
import { recipes } from './settings/recipes.ts';
import { version } from './version.ts';
import { logFormats } from './view/log-format.ts';

/**
 * The command line, from which help is made too.
 * @param command how it is called, for what it tells people to type next
 * @param end told the exit code of a command that ended without an error
 */
export function makeProgram(command: string, end: (code: number) => void): Command {
  const program = new Command('unroll')
    .description('Train a small recurrent language model on your own text, measure it, and let it write.')
    .version(version)
    .showHelpAfterError('(unroll --help lists the commands, unroll <command> --help its options)')
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: false })
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  unroll train --data my.txt --recipe char --out runs/mine
  unroll generate runs/mine Once upon a time
  unroll evaluate runs/mine --data my.txt --split test

Exit codes:
${exitCodes.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`).join('\n')}`,
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

  const attended = (subcommand: Command): Command =>
    subcommand
      .optionsGroup('While it runs:')
      .option('--max-time <time>', 'save and end after 90s, 30m or 8h; unroll resume goes on', timeSpan)
      .addOption(
        new Option(
          '--log-format <format>',
          'how progress is told (default: pretty on a terminal, else plain)',
        ).choices(logFormats),
      )
      .option('--quiet', 'tell nothing but warnings and errors');

  const train = program
    .command('train')
    .description('Train a model on a text; the defaults are those of the book for the Penn Treebank.')
    .addHelpText(
      'before',
      `Examples:
  unroll train --data my.txt --recipe char --out runs/mine
  unroll train --data ~/.cache/unroll/ptb --out runs/ptb        (after unroll data ptb)
  unroll train --data ~/.cache/unroll/ptb --recipe hour --out runs/hour
  unroll train --data "texts/**/*.md" --tokenizer bpe --hidden-size 256 --optimizer adam --out runs/texts
  unroll train --config my.yaml --set optimizer.lr=0.002        (unroll init writes a my.yaml)
`,
    )
    .optionsGroup('What to do:')
    .option('--out <folder>', 'where the model and the records of the run go')
    .option('--config <file>', 'settings from a YAML or JSON file; options given here win')
    .option('--recipe <name>', `settings that go well together: ${Object.keys(recipes).join(', ')}`)
    .option('--set <group.name=value>', 'a setting as a configuration file names it', gathered)
    .option('--print-config', 'print the settings as they come out, and end')
    .option('--dry-run', 'try everything with two steps, estimate time, memory and disk, and leave nothing')
    .option('--force', 'let the run in that folder be written over')
    .option('--deterministic', 'always so here: the same seed gives the same bits')
    .addHelpText(
      'after',
      `\nRecipes:\n${Object.entries(recipes)
        .map(([name, { about, reached, published }]) =>
          [
            `  ${name.padEnd(14)}${about}`,
            ...(published ? [`published: ${published}`] : []),
            `here: ${reached}`,
          ].join(`\n${' '.repeat(16)}`),
        )
        .join('\n')}`,
    );
  attended(addSettingOptions(train)).action(async (options) =>
    end(await (await import('./commands/train.ts')).trainModel({ ...options, command })),
  );

  attended(withBackend(program.command('resume'), false))
    .description('Go on with a run that ended early, to the same bits as if it had never stopped.')
    .argument('<run folder>', 'the --out of unroll train')
    .option('--data <path...>', 'where the text lies now (default: where it lay)')
    .option('--valid <path...>', 'likewise, of what --valid named')
    .option('--test <path...>', 'likewise, of what --test named')
    .action(async (folder: string, options) =>
      end(await (await import('./commands/resume.ts')).resumeRun(folder, { ...options, command })),
    );

  withBackend(program.command('evaluate'))
    .description("Measure a model's perplexity on a text.")
    .argument('<model folder>', 'as unroll train writes it')
    .requiredOption('--data <path...>', 'text files, folders or globs, as for unroll train')
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
    .option(
      '--cache [tokens]',
      'also with a cache of what came after states like the present one, among the last 2000 tokens or so many',
      wholeFrom(1),
    )
    .option('--cache-theta <f>', 'how much more the most alike of them count (default: 0.3)', numberFrom(0))
    .option(
      '--cache-lambda <f>',
      'the part of the cache in each prediction, below 1 (default: 0.1)',
      from0Below1,
    )
    .option('--dynamic <lr>', 'also learning on from what it reads, at this rate', numberFrom(0))
    .option(
      '--dynamic-decay <f>',
      'the part of their way back that weights return each time, up to 1 (default: 0)',
      from0UpTo1,
    )
    .option(
      '--dynamic-text <path...>',
      'measure each update by the gradients on this text, that of the training (RMS); --dynamic 0.0001 or so then',
    )
    .option('--json', 'print one JSON object')
    .action(async (folder: string, options) =>
      (await import('./commands/evaluate.ts')).evaluateModel(folder, options),
    );

  withBackend(program.command('generate'))
    .description('Let a model write.')
    .addHelpText(
      'before',
      `Examples:
  unroll generate runs/mine Once upon a time
  unroll generate runs/mine --prompt "ROMEO:" --tokens 300 --temperature 0.8 --stop "\\n\\n"
  cat beginning.txt | unroll generate runs/mine -
  unroll generate runs/mine --n 3 --json
`,
    )
    .argument('<model folder>', 'as unroll train writes it')
    .argument('[prompt...]', 'what to go on from; - takes it from standard input, as a pipe is without it')
    .option('--prompt <text>', 'what to go on from, as an option')
    .option('--tokens <n>', 'how many tokens to write', wholeFrom(0), 200)
    .option('--n <k>', 'how many texts, each from the next seed', wholeFrom(1), 1)
    .option(
      '--temperature <t>',
      'below 1 more cautious, above 1 more daring, 0 always the likeliest',
      numberFrom(0),
      1,
    )
    .option('--top-k <k>', 'draw only from the k likeliest', wholeFrom(1))
    .option('--top-p <p>', 'draw only from the likeliest that together reach p', above0UpTo1)
    .option(
      '--stop <text>',
      'end before this text, in which \\n is a new line; may be given again',
      gatheredText,
    )
    .option('--skip <token>', 'a token never to write; may be given again (default: <unk>)', gathered)
    .option('--seed <n>', 'of the drawing', wholeFrom(0), 1)
    .option('--json', 'print one JSON object for each text, on a line')
    .option('--quiet', 'say nothing of the speed')
    .action(async (folder: string, words: string[], options) =>
      end(await (await import('./commands/generate.ts')).generateText(folder, words, options)),
    );

  withBackend(program.command('serve'))
    .description(
      "Let a model write for programs, over HTTP in the shape of OpenAI's completions, and for people, on a page.",
    )
    .addHelpText(
      'before',
      `Examples:
  unroll serve runs/mine
  curl http://127.0.0.1:8080/v1/completions -H "Content-Type: application/json" -d '{"prompt": "ROMEO:", "max_tokens": 100}'
`,
    )
    .argument('<model folder>', 'as unroll train writes it')
    .option('--host <address>', 'where to listen; only this machine can reach the default', '127.0.0.1')
    .option('--port <n>', '0 takes a free one', wholeFrom(0), 8080)
    .option(
      '--max-concurrent <n>',
      'how many texts are written at a time; as many more wait',
      wholeFrom(1),
      64,
    )
    .option('--max-tokens-limit <n>', 'the most tokens of a text', wholeFrom(1), 4096)
    .option('--cors <origin>', 'let pages of this origin ask, such as https://example.org')
    .action(async (folder: string, options) =>
      end(await (await import('./commands/serve.ts')).serveModel(folder, options)),
    );

  program
    .command('report')
    .description('Make a page of a run, or one that compares several: curves, samples, settings, machine.')
    .argument('<run folders...>', 'the --out of unroll train')
    .option('--out <file>', 'where the page goes (default: report.html in the run; of several: here)')
    .action(async (paths: string[], options) =>
      (await import('./commands/report.ts')).makeReports(paths, options),
    );

  program
    .command('compare')
    .description('Print a table of runs: what differs, and what came out.')
    .argument('<run folders...>', 'the --out of unroll train')
    .addOption(
      new Option('--sort <by>', 'what comes first (default: the order given)').choices(compareOrders),
    )
    .option('--json', 'print a JSON array')
    .action(async (paths: string[], options) =>
      (await import('./commands/compare.ts')).compareRuns(paths, options),
    );

  program
    .command('export')
    .description('Write a model in a form that PyTorch, ONNX Runtime or NumPy reads.')
    .addHelpText(
      'before',
      `Examples:
  unroll export runs/mine --format pytorch --out mine-torch     (then: python3 mine-torch/model.py)
  unroll export runs/mine --format onnx --out mine-onnx
  unroll export runs/mine --format npz --out mine.npz
`,
    )
    .argument('<model folder>', 'as unroll train writes it')
    .addOption(
      new Option('--format <name>', 'for whom').choices(['pytorch', 'onnx', 'npz']).makeOptionMandatory(),
    )
    .requiredOption('--out <path>', 'a new folder; for npz a file')
    .option('--force', 'write over what was exported there before')
    .action(async (folder: string, options) =>
      (await import('./commands/export.ts')).exportModel(folder, options),
    );

  program
    .command('import')
    .description(
      "Make a model folder of a PyTorch module's weights, of the names and shapes that export writes.",
    )
    .argument('<path>', 'a safetensors file, or a folder with model.safetensors')
    .option('--vocab <file>', 'the tokens as a JSON array (default: vocab.json beside the weights)')
    .addOption(
      new Option(
        '--tokenizer <kind>',
        'what a token is (default: as config.json beside the weights says)',
      ).choices(['word', 'char']),
    )
    .requiredOption('--out <folder>', 'the model folder to be written')
    .option('--force', 'write over a model that is there')
    .action(async (path: string, options) =>
      (await import('./commands/import.ts')).importModel(path, { ...options, command }),
    );

  program
    .command('inspect')
    .description('Show the tensors of a model folder, a checkpoint of a run or a safetensors file.')
    .argument('<path>', 'a model folder, a folder under checkpoints, or a safetensors file')
    .option('--json', 'print one JSON object')
    .action(async (path: string, options) => (await import('./commands/inspect.ts')).inspect(path, options));

  program
    .command('init')
    .description('Write a configuration file in which every setting is explained.')
    .argument('[file]', 'which file', 'unroll.yaml')
    .option('--data <path>', 'the text to train on', 'my.txt')
    .option('--out <folder>', 'where the run is to go', 'runs/mine')
    .option('--recipe <name>', 'begin from settings that go well together')
    .option('--force', 'write over a file of that name')
    .action(async (file: string, options) =>
      (await import('./commands/init.ts')).initConfig(file, { ...options, command }),
    );

  program
    .command('data')
    .description('Fetch a data set into the cache folder, once, and print where it lies.')
    .addArgument(program.createArgument('<name>', 'which one').choices(['ptb']))
    .action(async () => (await import('./commands/data.ts')).downloadData());

  program
    .command('doctor')
    .description(
      'Tell what this machine offers: SIMD, threads, a BLAS, and how fast each backend multiplies.',
    )
    .option('--json', 'print one JSON object')
    .action(async (options) => (await import('./commands/doctor.ts')).doctor(options));

  addCompletion(program);
  return program;
}
