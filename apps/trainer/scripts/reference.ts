import type { Argument, Command, Option } from 'commander';
import { exitCodes } from '../src/exit-code.ts';
import { makeProgram } from '../src/program.ts';
import { recipes } from '../src/settings/recipes.ts';
import { settingGroups } from '../src/settings/settings.ts';
import { configJsonSchema } from '../src/settings/write-settings.ts';

/** What is made from the command's definitions, with where it goes. */
export function referenceFiles(): [path: URL, text: string][] {
  return [
    [new URL('../../../docs/unroll.md', import.meta.url), referenceMarkdown(makeProgram('unroll', () => {}))],
    [
      new URL('../schema/config.schema.json', import.meta.url),
      `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
    ],
  ];
}

/** The page of the documentation on the command `unroll`, from the command's own definitions. */
function referenceMarkdown(program: Command): string {
  const help = program.createHelp();
  const commands = help.visibleCommands(program).filter((command) => command.name() !== 'help');
  return `${[
    '# unroll',
    program.description(),
    'This page is written by `pnpm --filter @unroll/trainer run reference`, from what `unroll --help` is made of.',
    ...commands.map(
      (command) => `- [\`unroll ${command.name()}\`](#unroll-${command.name()}): ${command.description()}`,
    ),
    ...commands.flatMap((command) => sectionOf(command)),
    ...configuration(),
    '## Exit codes',
    rows(
      ['code', 'what'],
      exitCodes.map(([code, what]) => [String(code), what]),
    ),
  ]
    .join('\n\n')
    .replaceAll(/^(- .*)\n\n(?=- )/gm, '$1\n')}\n`;
}

function sectionOf(command: Command): string[] {
  const help = command.createHelp();
  const groups = new Map<string, Option[]>();
  for (const option of help.visibleOptions(command)) {
    if (option.long === '--help') continue;
    const heading = option.helpGroupHeading ?? 'Options:';
    groups.set(heading, [...(groups.get(heading) ?? []), option]);
  }
  const words = command.registeredArguments.map(usageOf).join(' ');
  const usage = ['unroll', command.name(), words, groups.size > 0 ? '[options]' : '']
    .filter(Boolean)
    .join(' ');
  return [
    `## unroll ${command.name()}`,
    command.description(),
    `\`\`\`sh\n${usage}\n\`\`\``,
    ...(command.registeredArguments.length > 0
      ? [
          rows(
            ['argument', 'what'],
            command.registeredArguments.map((argument) => [`\`${argument.name()}\``, argument.description]),
          ),
        ]
      : []),
    ...[...groups].flatMap(([heading, options]) => [
      ...(groups.size > 1 ? [`**${heading.replace(/:$/, '')}**`] : []),
      rows(
        ['option', 'what'],
        options.map((option) => [`\`${option.flags}\``, describe(option)]),
      ),
    ]),
  ];
}

function usageOf(argument: Argument): string {
  const name = argument.name() + (argument.variadic ? '…' : '');
  return argument.required ? `<${name}>` : `[${name}]`;
}

function describe({ description, argChoices, defaultValue }: Option): string {
  const choices = argChoices ? `; one of ${argChoices.map((choice) => `\`${choice}\``).join(', ')}` : '';
  const usual = defaultValue === undefined || defaultValue === false ? '' : ` (default: ${defaultValue})`;
  return `${description}${choices}${usual}`;
}

function configuration(): string[] {
  return [
    '## Configuration file',
    'YAML or JSON; `unroll init` writes one. Beside the groups below it may say `out`, `recipe`, and `$schema`. Paths in it are meant from the folder that it is in. What is said later wins: the recipe, the file, `--set`, the options. A model folder given as weights brings its sizes and tokens, which nothing else may contradict.',
    rows(
      ['setting', 'option', 'what'],
      Object.entries(settingGroups).flatMap(([group, { settings }]) =>
        Object.entries(settings).map(([name, { flag, about }]) => [
          `\`${group}.${name}\``,
          `\`${flag.split(' ')[0]}\``,
          about,
        ]),
      ),
    ),
    '## Recipes',
    rows(
      ['recipe', 'what', 'published', 'reached here'],
      Object.entries(recipes).map(([name, { about, published, reached }]) => [
        `\`${name}\``,
        about,
        published ?? '',
        reached,
      ]),
    ),
  ];
}

/** A table of Markdown, in which `<unk>` is no HTML where it is no code. */
function rows(head: readonly string[], body: readonly (readonly string[])[]): string {
  const escaped = [head, ...body].map((row) =>
    row.map((cell) =>
      cell
        .replaceAll('|', '\\|')
        .split('`')
        .map((part, i) => (i % 2 === 0 ? part.replaceAll('<', '\\<') : part))
        .join('`'),
    ),
  );
  const widths = head.map((_, column) => Math.max(3, ...escaped.map((row) => row[column].length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  const [first, ...others] = escaped.map(line);
  return [first, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...others].join('\n');
}
