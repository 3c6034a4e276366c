/**
 * What a start was asked for: by a person, at login, by a link or from a file manager. The same reading serves the
 * arguments of a second start, which arrive from another process.
 */
import path from 'node:path';
import { LINK_SCHEME, routeOfFile, routeOfLink } from './deep-link.ts';

export interface LaunchWish {
  /** Started at login: no window. */
  readonly isHidden: boolean;
  /** Where the window is to be; absent: where it was. */
  readonly route?: string;
}

export const HIDDEN_SWITCH = '--hidden';
const COMMAND_LINE_SWITCH = '--cli';
const EARLIER_VERSIONS_SWITCH = '--earlier-versions';

/** What the command line is to find as its `process.argv`; undefined: the application is meant. */
export function argumentsOfCommandLine(argv: readonly string[]): string[] | undefined {
  const at = argv.indexOf(COMMAND_LINE_SWITCH);
  return at < 1 ? undefined : [argv[0] ?? '', 'tidemark', ...argv.slice(at + 1)];
}

/** `argv` as the process has it, program first. `folder`: what relative paths start from. */
export function readLaunchArguments(argv: readonly string[], folder: string): LaunchWish {
  const args = argv.slice(1);
  const isHidden = args.includes(HIDDEN_SWITCH);
  const route = routeOfFileArgument(args, folder) ?? routeOfLinkArgument(args);
  return route === undefined ? { isHidden } : { isHidden, route };
}

function routeOfFileArgument(args: readonly string[], folder: string): string | undefined {
  const at = args.indexOf(EARLIER_VERSIONS_SWITCH);
  const file = at < 0 ? undefined : args[at + 1];
  return file === undefined || file === '' ? undefined : routeOfFile(path.resolve(folder, file));
}

function routeOfLinkArgument(args: readonly string[]): string | undefined {
  const link = args.find((argument) => argument.startsWith(`${LINK_SCHEME}:`));
  return link === undefined ? undefined : routeOfLink(link);
}
