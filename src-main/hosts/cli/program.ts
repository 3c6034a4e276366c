/**
 * The command line's shape: the program, its global options, the names of its commands. Only the command that is
 * called is loaded; the others are a name and a line of help.
 */
import { Command } from 'commander';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { programVersion } from '#core/program-version.ts';
import type { CliHost } from './cli-host.ts';
import type { RunCommand } from './command-session.ts';
import { defineGlobalOptions, GLOBAL_OPTIONS_WITH_VALUE } from './global-options.ts';

interface CommandEntry {
  readonly summary: string;
  /** Adds arguments, options, help and action to the command. */
  readonly load: () => Promise<(command: Command, run: RunCommand) => void>;
}

const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  init: {
    summary: 'make a new repository',
    load: async () => (await import('./commands/init.ts')).defineInit,
  },
  backup: {
    summary: 'save files and folders in a new snapshot',
    load: async () => (await import('./commands/backup.ts')).defineBackup,
  },
  restore: {
    summary: 'put files of a snapshot back into a folder',
    load: async () => (await import('./commands/restore.ts')).defineRestore,
  },
  undo: {
    summary: 'take a restore back',
    load: async () => (await import('./commands/undo.ts')).defineUndo,
  },
  snapshots: {
    summary: 'list the snapshots',
    load: async () => (await import('./commands/snapshots.ts')).defineSnapshots,
  },
  ls: {
    summary: 'list the files of a snapshot',
    load: async () => (await import('./commands/ls.ts')).defineLs,
  },
  find: {
    summary: 'look for files in all snapshots',
    load: async () => (await import('./commands/find.ts')).defineFind,
  },
  diff: {
    summary: 'tell what differs between two snapshots',
    load: async () => (await import('./commands/diff.ts')).defineDiff,
  },
  dump: {
    summary: 'write a file, or a folder as an archive, to standard output',
    load: async () => (await import('./commands/dump.ts')).defineDump,
  },
  stats: {
    summary: 'count files and sizes',
    load: async () => (await import('./commands/stats.ts')).defineStats,
  },
  forget: {
    summary: 'remove snapshots, named ones or those a policy does not keep',
    load: async () => (await import('./commands/forget.ts')).defineForget,
  },
  prune: {
    summary: 'free the space of what no snapshot needs',
    load: async () => (await import('./commands/prune.ts')).definePrune,
  },
  check: {
    summary: 'prove that everything can be restored',
    load: async () => (await import('./commands/check.ts')).defineCheck,
  },
  rewrite: {
    summary: 'leave files out of snapshots, or change their host or time',
    load: async () => (await import('./commands/rewrite.ts')).defineRewrite,
  },
  copy: {
    summary: 'bring snapshots over from another repository',
    load: async () => (await import('./commands/copy.ts')).defineCopy,
  },
  tag: {
    summary: 'change the tags of snapshots',
    load: async () => (await import('./commands/tag.ts')).defineTag,
  },
  repair: {
    summary: 'mend a damaged repository',
    load: async () => (await import('./commands/repair.ts')).defineRepair,
  },
  recover: {
    summary: 'make snapshots anew for files that lost theirs',
    load: async () => (await import('./commands/recover.ts')).defineRecover,
  },
  key: {
    summary: 'list, add, remove and change passwords',
    load: async () => (await import('./commands/key.ts')).defineKey,
  },
  'rebuild-index': {
    summary: 'the same as repair index',
    load: async () => (await import('./commands/repair-index.ts')).defineRepairIndex,
  },
  unlock: {
    summary: 'remove locks that were left behind',
    load: async () => (await import('./commands/unlock.ts')).defineUnlock,
  },
  cat: {
    summary: 'print an object of the repository',
    load: async () => (await import('./commands/cat.ts')).defineCat,
  },
  plan: {
    summary: 'the plans of this computer: which folders are protected, and how',
    load: async () => (await import('./commands/plan.ts')).definePlan,
  },
  place: {
    summary: 'the backup places of this computer',
    load: async () => (await import('./commands/place.ts')).definePlace,
  },
  run: {
    summary: 'make a version of a plan now',
    load: async () => (await import('./commands/run.ts')).defineRun,
  },
  health: {
    summary: 'tell whether everything is protected',
    load: async () => (await import('./commands/health.ts')).defineHealth,
  },
  activity: {
    summary: 'tell what was done and when',
    load: async () => (await import('./commands/activity.ts')).defineActivity,
  },
  adopt: {
    summary: 'take up plans and history from a place, on a new computer',
    load: async () => (await import('./commands/adopt.ts')).defineAdopt,
  },
  serve: {
    summary: 'show Tidemark in a browser of this machine',
    load: async () => (await import('./commands/serve.ts')).defineServe,
  },
  version: {
    summary: 'print the version',
    load: async () => (await import('./commands/version.ts')).defineVersion,
  },
};

export async function createProgram(
  host: CliHost,
  args: readonly string[],
  run: RunCommand,
): Promise<Command> {
  const program = new Command('tidemark');
  program
    .description('Backups you can move through, in repositories that restic can read.')
    .version(`tidemark ${programVersion}`, '--version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void host.stdout.write(toDisplay(text as ByteString)),
      // Errors are worded and written once, by run-command; help that was not asked for goes to standard error.
      writeErr: (text) =>
        void (text.startsWith('error:') || host.stderr.write(toDisplay(text as ByteString))),
      getOutHelpWidth: () => host.stdout.columns ?? 80,
    })
    .showSuggestionAfterError(false)
    .addHelpText('after', '\nExample:\n  tidemark -r /mnt/backup backup ~/Documents\n');
  defineGlobalOptions(program);
  const called = commandNameIn(args);
  for (const [name, entry] of Object.entries(COMMANDS)) {
    const command = program.command(name).description(entry.summary);
    if (name === called) (await entry.load())(command, run);
  }
  return program;
}

/** `--verbose=2` as restic takes it, in a form commander takes. */
export function argumentsForCommander(args: readonly ByteString[]): string[] {
  const end = args.indexOf('--' as ByteString);
  return args.flatMap((argument, index) => {
    const level = end < 0 || index < end ? /^--verbose=(\d)$/.exec(argument)?.[1] : undefined;
    return level === undefined ? [argument] : new Array<string>(Number(level)).fill('-v');
  });
}

/** The first argument that is neither an option nor an option's value; after `help`, the one that follows. */
function commandNameIn(args: readonly string[]): string | undefined {
  for (let index = 0; index < args.length; index++) {
    const argument = args[index] as string;
    if (GLOBAL_OPTIONS_WITH_VALUE.has(argument)) index++;
    else if (argument === 'help') continue;
    else if (!argument.startsWith('-')) return argument;
  }
  return undefined;
}
