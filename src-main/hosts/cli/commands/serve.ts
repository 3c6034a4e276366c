/** `tidemark serve`: Tidemark in a browser of this machine, and the protection of its folders as long as this runs. */
import path from 'node:path';
import type { Command } from 'commander';
import { TidemarkError } from '#base/errors.ts';
import { EXIT_DONE, EXIT_FAILED, type ExitCode } from '#contract/exit-codes.ts';
import type { CommandSession, RunCommand } from '../command-session.ts';
import { asText, example } from '../option-values.ts';
import { unlockWithGivenPassword } from '../profile/unlock-places.ts';
import type { BrowserMode } from '../profile/browser-mode.ts';
import { removeLinkFile, writeLinkFile } from '../profile/link-file.ts';

interface ServeFlags {
  readonly port?: string;
  readonly newLink?: boolean;
  readonly pages?: string;
  readonly linkFile?: string;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export function defineServe(command: Command, run: RunCommand): void {
  command
    .option('--port <port>', 'always the same port; any that is free when absent')
    .option('--pages <folder>', 'show these pages instead of the built ones, for development')
    .option(
      '--link-file <file>',
      'write the link there, for you alone to read, and not on the screen: for services',
    )
    .option('--new-link', 'only print a new link to what is being served')
    .addHelpText(
      'after',
      `
The link works once, in one browser, for an hour. Only this machine can open it; from another one use a tunnel:
  ssh -t -L 8477:127.0.0.1:8477 nas tidemark serve --port 8477
A service gives its link by --link-file, because what it prints is kept by the system's log.
Where no keychain is, give the password of the places with --password-file, so that backups go on by themselves.
`,
    )
    .addHelpText('after', example('tidemark serve'))
    .action((flags: ServeFlags) => run((session) => serve(session, flags)));
}

async function serve(session: CommandSession, flags: ServeFlags): Promise<ExitCode> {
  const { host, options, output, context } = session;
  const { profile } = options;
  const port = flags.port === undefined ? 0 : readPort(asText(flags.port));
  const file = flags.linkFile === undefined ? undefined : path.resolve(asText(flags.linkFile));
  const running = await host.findBrowserMode(profile);
  if (running !== undefined) {
    try {
      await tellLink(session, running, file);
      return EXIT_DONE;
    } finally {
      await running.close();
    }
  }
  if (flags.newLink === true) {
    throw new TidemarkError('request.notFound', {
      what: 'Tidemark in a browser for this profile',
      id: profile,
    });
  }
  const pages = flags.pages === undefined ? undefined : path.resolve(asText(flags.pages));
  const mode = await host.startBrowserMode({ profile, port, pages, signal: context.signal });
  let link = '';
  try {
    await unlockServed(session);
    link = await tellLink(session, mode, file);
    output.say('Press Enter for a new link, Ctrl-C to end. Your folders are protected while this runs.');
    const stopAsking = onEnterKey(
      session,
      () => void tellLink(session, mode, file).then((next) => (link = next)),
    );
    const isOver = await Promise.race([mode.ended.then(() => true), stopped(context.signal)]);
    stopAsking();
    if (isOver) output.complain('Tidemark, which was shown here, has ended.');
    return isOver ? EXIT_FAILED : EXIT_DONE;
  } finally {
    if (file !== undefined) removeLinkFile(file, link);
    await mode.close();
  }
}

/** A service on a machine without a keychain is given the password once, when it starts. */
async function unlockServed(session: CommandSession): Promise<void> {
  const profile = await session.host.findProfile(session.options.profile);
  if (profile === undefined) return;
  try {
    await unlockWithGivenPassword(session, profile);
  } finally {
    await profile.close();
  }
}

/** @param file for the link; undefined: it is printed @returns the link */
async function tellLink(
  { output }: CommandSession,
  mode: BrowserMode,
  file: string | undefined,
): Promise<string> {
  const link = await mode.newLink();
  if (file === undefined) {
    output.json({ message_type: 'link', link, port: mode.port });
    output.say(`Open in a browser of this machine:\n\n  ${link}\n`);
  } else {
    writeLinkFile(file, link);
    output.json({ message_type: 'link', linkFile: file, port: mode.port });
    output.say(
      `The link to open in a browser of this machine is in a file that only you can read:\n\n  ${file}\n`,
    );
  }
  return link;
}

/** Resolves with false when the person, or the system, ends it. */
function stopped(signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(false);
    else signal.addEventListener('abort', () => resolve(false), { once: true });
  });
}

function onEnterKey({ host }: CommandSession, listener: () => void): () => void {
  const { stdin } = host;
  if (stdin.isTTY !== true) return () => undefined;
  const onData = (chunk: Uint8Array): void => {
    if (chunk.includes(LINE_FEED) || chunk.includes(CARRIAGE_RETURN)) listener();
  };
  stdin.on('data', onData);
  stdin.resume();
  return () => {
    stdin.off('data', onData);
    stdin.pause();
  };
}

/** @throws request.invalidInput */
function readPort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1_024 && port <= 65_535) return port;
  throw new TidemarkError('request.invalidInput', {
    what: `--port ${text}`,
    reason: 'give a number from 1024 to 65535',
  });
}
