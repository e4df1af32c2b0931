import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDocument } from 'yaml';
import { UsageError } from '../exit-code.ts';
import type { Layer } from './layers.ts';
import { parserOf, type Setting } from './setting.ts';
import { allSettings, settingGroups } from './settings.ts';
import { yamlProblem } from './yaml-problem.ts';

/** What commander calls an option. */
const keyOf = ({ flag }: Setting): string => new Option(flag).attributeName();

/** An option for each setting. */
export function addSettingOptions(command: Command): Command {
  for (const [group, , setting] of allSettings()) {
    const { flag, about, value, usual, choices } = setting;
    const normally = value === false ? undefined : (value ?? usual);
    const option = new Option(flag, normally === undefined ? about : `${about} (default: ${normally})`);
    option.helpGroup(`${settingGroups[group].about}:`);
    if (choices) option.choices(choices);
    else if (option.required) option.argParser(parserOf(setting));
    command.addOption(option);
  }
  return command;
}

/** The settings among the options that were given. */
export function optionsLayer(options: Readonly<Record<string, unknown>>): Layer {
  const values: Record<string, Record<string, unknown>> = {};
  for (const [group, name, setting] of allSettings()) {
    const value = options[keyOf(setting)];
    if (value === undefined) continue;
    values[group] ??= {};
    values[group][name] = value;
  }
  const flags = new Map(
    allSettings().map(([group, name, { flag }]) => [`${group}.${name}`, flag.split(' ')[0]]),
  );
  const flagOf = (path: readonly string[]) => flags.get(path.join('.')) ?? 'the command line';
  return { origin: 'the command line', values, place: flagOf };
}

/** `model.hiddenSize=200`, checked no further than that it is of this form. */
export function setLayer(assignments: readonly string[]): Layer {
  const values: Record<string, Record<string, unknown>> = {};
  for (const assignment of assignments) {
    const [, group, name, text] = /^([^.=]+)\.([^=]+)=(.*)$/s.exec(assignment) ?? [];
    if (text === undefined) {
      throw new UsageError(`--set ${assignment}: expected group.name=value, such as model.hiddenSize=200`);
    }
    if (!Object.hasOwn(values, group)) Object.defineProperty(values, group, { value: {}, enumerable: true });
    const value = asValue(text, assignment);
    Object.defineProperty(values[group], name, { value, enumerable: true, configurable: true });
  }
  return { origin: '--set', values };
}

/** As in a configuration file: 0.1 is a number, [a, b] a list. */
function asValue(text: string, assignment: string): unknown {
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, logLevel: 'error' });
  const problem = yamlProblem(document);
  if (problem) throw new UsageError(`--set ${assignment}: not a value: ${problem.message}`);
  try {
    return document.toJS();
  } catch (error) {
    throw new UsageError(
      `--set ${assignment}: not a value: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** For commander: gathers what is given more than once. */
export function gathered(word: string, before: readonly string[] = []): readonly string[] {
  if (word === '') throw new InvalidArgumentError('Expected something.');
  return [...before, word];
}

/** Likewise, of text in which `\\n`, `\\r`, `\\t` and `\\\\` stand for what a command line can hardly hold. */
export function gatheredText(word: string, before: readonly string[] = []): readonly string[] {
  const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\' };
  return gathered(
    word.replace(/\\([nrt\\])/g, (_, letter: string) => escapes[letter]),
    before,
  );
}
