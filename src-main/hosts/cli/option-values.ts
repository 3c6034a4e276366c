/** Values of options and arguments from the bytes that commander hands through: text, lists, numbers, filters. */
import path from 'node:path';
import type { Command } from 'commander';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import type { SnapshotFilter } from './calls/access.ts';

/** For options that may be given several times. */
export function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}

export function asText(value: string): string {
  return toDisplay(value as ByteString);
}

export function asTexts(values: readonly string[] | undefined): string[] {
  return (values ?? []).map(asText);
}

/** @throws request.invalidInput unless `value` is one of `choices` */
export function asChoice<Choice extends string>(
  option: string,
  value: string,
  choices: readonly Choice[],
): Choice {
  const choice = choices.find((one) => one === value);
  if (choice !== undefined) return choice;
  throw new TidemarkError('request.invalidInput', {
    what: `${option} ${asText(value)}`,
    reason: `use one of ${choices.join(', ')}`,
  });
}

export interface FilterFlags {
  readonly host?: string[];
  readonly tag?: string[];
  readonly path?: string[];
}

export function defineFilterOptions(command: Command): Command {
  return command
    .option('-H, --host <name>', 'only snapshots of this host (repeatable)', collect)
    .option('--tag <tag[,tag]>', 'only snapshots with all these tags (repeatable: any of the lists)', collect)
    .option('--path <path>', 'only snapshots that hold this path (repeatable: all of them)', collect);
}

export function readFilter(flags: FilterFlags): SnapshotFilter {
  return {
    hosts: asTexts(flags.host).filter((host) => host !== ''),
    tagLists: asTexts(flags.tag).map((list) => list.split(',')),
    paths: asTexts(flags.path).map((one) => path.resolve(one)),
  };
}

/** Help after the options: one example. */
export function example(text: string): string {
  return `\nExample:\n  ${text}\n`;
}
