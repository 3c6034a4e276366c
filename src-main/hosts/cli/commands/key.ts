/** `tidemark key`: the passwords that open a repository. Adding one never takes another away. */
import type { Command } from 'commander';
import type { CommandSession, RunCommand } from '../command-session.ts';
import type { NewKey } from '../calls/keys.ts';
import { formatLocalTime, formatName } from '../format-values.ts';
import { asText, example } from '../option-values.ts';
import { formatTable } from '../output.ts';
import { readNewPassword } from '../password.ts';

interface NewKeyFlags {
  readonly newPasswordFile?: string;
  readonly newInsecureNoPassword?: boolean;
  readonly user?: string;
  readonly host?: string;
}

export function defineKey(command: Command, run: RunCommand): void {
  command.addHelpText('after', example('tidemark -r /mnt/backup key add'));
  defineList(command.command('list').description('list the keys'), run);
  defineNewKeyOptions(command.command('add').description('add a key with a new password'))
    .addHelpText('after', example('tidemark -r /mnt/backup key add --new-password-file second.txt'))
    .action((flags: NewKeyFlags) =>
      run(async (session) => {
        // First the old password, so that the two prompts come in the order people expect.
        const access = await session.access();
        const key = await newKey(session, flags);
        const id = await (await session.engine()).addKey(access, key, session.context);
        session.output.say(`Added key ${id}.`);
        session.output.json({ message_type: 'key_added', id });
      }),
    );
  command
    .command('remove')
    .description('remove a key; its password opens the repository no more')
    .argument('<id>', 'the id or its beginning')
    .addHelpText('after', example('tidemark -r /mnt/backup key remove 638cf693'))
    .action((id: string) =>
      run(async ({ output, context, access, engine }) => {
        const removed = await (await engine()).removeKey(await access(), asText(id), context);
        output.say(`Removed key ${removed}.`);
        output.json({ message_type: 'key_removed', id: removed });
      }),
    );
  defineNewKeyOptions(command.command('passwd').description('change the password you open with'))
    .addHelpText('after', example('tidemark -r /mnt/backup key passwd'))
    .action((flags: NewKeyFlags) =>
      run(async (session) => {
        const access = await session.access();
        const key = await newKey(session, flags);
        const id = await (await session.engine()).changePassword(access, key, session.context);
        session.output.say(`Changed the password; the new key is ${id}.`);
        session.output.json({ message_type: 'key_changed', id });
      }),
    );
}

function defineList(command: Command, run: RunCommand): void {
  command.addHelpText('after', example('tidemark -r /mnt/backup key list')).action(() =>
    run(async ({ options, output, context, access, engine }) => {
      const keys = await (await engine()).listKeys(await access(), context);
      if (options.json) {
        output.json(
          keys.map((key) => ({
            current: key.isCurrent,
            id: key.id,
            userName: key.username,
            hostName: key.hostname,
            created: formatLocalTime(key.created),
          })),
        );
        return;
      }
      const rows = keys.map((key) => [
        `${key.isCurrent ? '*' : ' '}${key.id.slice(0, 8)}`,
        formatName(key.username),
        formatName(key.hostname),
        formatLocalTime(key.created),
      ]);
      for (const line of formatTable([' ID', 'User', 'Host', 'Created'], rows)) await output.result(line);
    }),
  );
}

function defineNewKeyOptions(command: Command): Command {
  return command
    .option('--new-password-file <file>', 'file with the new password')
    .option('--new-insecure-no-password', 'an empty password')
    .option('--user <name>', 'user name to store with the key')
    .option('--host <name>', 'host name to store with the key');
}

async function newKey({ host, context }: CommandSession, flags: NewKeyFlags): Promise<NewKey> {
  const password = await readNewPassword(
    host,
    {
      newInsecureNoPassword: flags.newInsecureNoPassword === true,
      ...(flags.newPasswordFile === undefined ? {} : { newPasswordFile: asText(flags.newPasswordFile) }),
    },
    context.signal,
  );
  return {
    password,
    ...(flags.user === undefined ? {} : { username: asText(flags.user) }),
    ...(flags.host === undefined ? {} : { hostname: asText(flags.host) }),
  };
}
