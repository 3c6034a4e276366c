/** `tidemark place`: where versions are kept. A place is a repository with its keys; what lies there is restic's format. */
import type { Command } from 'commander';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import { systemClock } from '#base/system-clock.ts';
import { nextCodeText, withdrawnKeyText } from '#contract/key-texts.ts';
import type { CommandSession, RunCommand } from '../command-session.ts';
import { formatName } from '../format-values.ts';
import { asText, example } from '../option-values.ts';
import { formatTable } from '../output.ts';
import { readTypedSecret } from '../password.ts';
import { giveLogin, namesFor } from '../profile/give-login.ts';
import { findByName } from '../profile/find-by-name.ts';
import { tellKeys } from '../profile/key-words.ts';
import { placeLocation } from '../profile/place-location.ts';
import { withProfile, type ProfileConnection, type WirePlace } from '../profile/profile-connection.ts';
import { definePlaceTest } from './place-test.ts';

const KEYCHAIN_LOOK_MS = 100;
const KEYCHAIN_PATIENCE_MS = 5_000;

export function definePlace(command: Command, run: RunCommand): void {
  command.addHelpText('after', example('tidemark place add "USB disk" /media/me/usb/backup'));
  defineList(command.command('list').description('list the backup places'), run);
  defineNewPlaces(command, run);
  definePlaceTest(command.command('test').description('try a place out: what is there, what it can do'), run);
  onPlace(command, 'remove', 'know it no longer; what lies there stays').action((name: string) =>
    withPlace(run, name, async ({ output }, { calls }, place) => {
      await calls['places.remove']({ placeId: place.id });
      output.say(
        `Removed ${formatName(place.name)} here. What lies at ${formatName(place.location)} was not touched.`,
      );
      output.json({ message_type: 'place_removed', id: place.id });
    }),
  );
  onPlace(command, 'unlock', 'open it with its password after the keychain has lost it').action(
    (name: string) =>
      withPlace(run, name, async (session, { calls }, place) => {
        const password = await secret(
          session,
          `enter password or recovery code of ${formatName(place.name)}: `,
        );
        const keys = await calls['places.unlock']({ placeId: place.id, password });
        session.output.say(`${formatName(place.name)} is open again.`);
        await tellKeys(session.output, formatName(place.name), keys);
      }),
  );
  onPlace(
    command,
    'login',
    'log in there from now on by what the environment holds (AWS_ACCESS_KEY_ID and so on)',
  ).action((name: string) =>
    withPlace(run, name, async (session, profile, place) => {
      const given = await giveLogin(session, profile, place.location);
      if (given.length === 0) {
        throw new TidemarkError('request.invalidInput', {
          what: 'the environment holds nothing that logs in there',
          reason: `set ${namesFor(place.location)}`,
        });
      }
      session.output.say(`${formatName(place.name)} is logged in to by ${given.join(', ')}.`);
    }),
  );
  defineMend(command, run);
  onPlace(command, 'prove', 'show that you still have its recovery code').action((name: string) =>
    withPlace(run, name, async (session, { calls }, place) => {
      const code = await secret(session, `enter recovery code of ${formatName(place.name)}: `);
      const proven = await calls['places.proveRecovery']({ placeId: place.id, code });
      session.output.say(`The code opens ${formatName(proven.name)}. Keep it where it is.`);
      session.output.say(`Codes made before it are withdrawn. ${withdrawnKeyText()}`);
      session.output.json({ message_type: 'recovery_proven', id: place.id });
    }),
  );
  onPlace(
    command,
    'renew-code',
    'make a new recovery code; the old one opens it until "place prove" was given the new one',
  ).action((name: string) =>
    withPlace(run, name, async ({ output }, { calls }, place) => {
      await tellKeys(
        output,
        formatName(place.name),
        await calls['places.renewRecovery']({ placeId: place.id }),
      );
      output.say(nextCodeText());
    }),
  );
}

/** The key of this computer helps; else the person's own. */
function defineMend(command: Command, run: RunCommand): void {
  onPlace(command, 'mend', 'put back the small files without which it cannot be opened').action(
    (name: string) =>
      withPlace(run, name, async (session, { calls }, place) => {
        let written;
        try {
          written = await calls['places.mendKeys']({ placeId: place.id, password: null });
        } catch (error) {
          if (!isTidemarkError(error, 'repository.wrongPassword')) throw error;
          const password = await secret(
            session,
            `enter password or recovery code of ${formatName(place.name)}: `,
          );
          written = await calls['places.mendKeys']({ placeId: place.id, password });
        }
        const count = written.length === 1 ? '1 file' : `${written.length} files`;
        session.output.say(
          written.length === 0
            ? `Nothing is missing in ${formatName(place.name)}.`
            : `Put back ${count} of ${formatName(place.name)}.`,
        );
        session.output.json({ message_type: 'keys_put_back', id: place.id, files: written });
      }),
  );
}

function defineList(command: Command, run: RunCommand): void {
  command.addHelpText('after', example('tidemark place list')).action(() =>
    run((session) =>
      withProfile(session, async ({ calls }) => {
        const { output } = session;
        const places = await placesWithKeys(calls);
        if (output.options.json) return output.json(places);
        if (places.length === 0) {
          output.say('There is no backup place yet. Make one with "tidemark place add".');
          return;
        }
        const rows = places.map((place) => [
          formatName(place.name),
          formatName(place.location),
          PRESENCE[place.presence],
          SECRETS[place.secret],
          place.isRecoveryProven ? 'shown to work' : 'never tried',
        ]);
        const header = ['Name', 'Location', 'There', 'Key', 'Recovery code'];
        for (const line of formatTable(header, rows)) await output.result(line);
      }),
    ),
  );
}

/** The core asks the keychain when it starts; one that asks the person back is not waited for. */
async function placesWithKeys(calls: ProfileConnection['calls']): Promise<readonly WirePlace[]> {
  for (let waitedMs = 0; ; waitedMs += KEYCHAIN_LOOK_MS) {
    const { places } = await calls['mirror.get']({});
    const isAsked = places.every(({ secret }) => secret !== 'unasked');
    if (isAsked || waitedMs >= KEYCHAIN_PATIENCE_MS) return places;
    await systemClock.sleep(KEYCHAIN_LOOK_MS);
  }
}

const PRESENCE: Readonly<Record<WirePlace['presence'], string>> = {
  present: 'yes',
  absent: 'no',
  unknown: '?',
};
const SECRETS: Readonly<Record<WirePlace['secret'], string>> = {
  remembered: 'in the keychain',
  session: 'until Tidemark ends',
  missing: 'missing: "place unlock"',
  unasked: 'no answer yet',
};

function defineNewPlaces(command: Command, run: RunCommand): void {
  const named = (name: string, description: string): Command =>
    command
      .command(name)
      .description(description)
      .argument('<name>', 'a name for it')
      .argument('<location>', 'a folder, or an address as restic writes it');
  named('add', 'make a new place, with a recovery code')
    .addHelpText('after', example('tidemark place add "USB disk" /media/me/usb/backup'))
    .action((name: string, location: string) =>
      run((session) =>
        withProfile(session, async (profile) => {
          const { calls } = profile;
          const input = { name: asText(name), location: placeLocation(location) };
          await giveLogin(session, profile, input.location);
          const keys = await calls['places.create'](input);
          session.output.say(
            `Made the backup place ${formatName(input.name)} at ${formatName(input.location)}.`,
          );
          await tellKeys(session.output, formatName(input.name), keys);
        }),
      ),
    );
  named('open', 'use a repository that is there, with one of its passwords')
    .option('--add-key', 'add a key for this computer, so that the password need not be asked for again')
    .addHelpText('after', example('tidemark place open "Old disk" /media/me/old/restic --add-key'))
    .action((name: string, location: string, flags: { addKey?: boolean }) =>
      run((session) =>
        withProfile(session, async (profile) => {
          const { calls } = profile;
          const place = { name: asText(name), location: placeLocation(location) };
          await giveLogin(session, profile, place.location);
          const password = await secret(session, 'enter password for repository: ');
          const keys = await calls['places.open']({ ...place, password, addsKey: flags.addKey === true });
          session.output.say(`Opened ${formatName(place.name)} at ${formatName(place.location)}.`);
          await tellKeys(session.output, formatName(place.name), keys);
        }),
      ),
    );
}

function onPlace(command: Command, name: string, description: string): Command {
  return command
    .command(name)
    .description(description)
    .argument('<place>', 'its name, or its id or the beginning of it')
    .addHelpText('after', example(`tidemark place ${name} "USB disk"`));
}

function withPlace(
  run: RunCommand,
  name: string,
  work: (session: CommandSession, profile: ProfileConnection, place: WirePlace) => Promise<void>,
): Promise<void> {
  return run((session) =>
    withProfile(session, async (profile) => {
      const { places } = await profile.calls['mirror.get']({});
      await work(session, profile, findByName('backup place', places, asText(name)));
    }),
  );
}

function secret({ host, options, context }: CommandSession, question: string): Promise<string> {
  return readTypedSecret(host, options, context.signal, question);
}
