/** `tidemark adopt`: on a new computer, takes up plans, settings and history from a place, with nothing but one of its keys. */
import type { Command } from 'commander';
import { TidemarkError } from '#base/errors.ts';
import type { RunCommand } from '../command-session.ts';
import { formatCount, formatName } from '../format-values.ts';
import { asText, example } from '../option-values.ts';
import { formatTable } from '../output.ts';
import { readTypedSecret } from '../password.ts';
import { giveLogin } from '../profile/give-login.ts';
import { momentText } from '../profile/moment-text.ts';
import { withoutSecrets } from '#storage/locations/describe-location.ts';
import { placeLocation } from '../profile/place-location.ts';
import { withProfile } from '../profile/profile-connection.ts';

interface AdoptFlags {
  readonly list?: boolean;
  readonly settings?: string;
}

export function defineAdopt(command: Command, run: RunCommand): void {
  command
    .argument('<location>', 'the place that holds the settings: a folder, or an address as restic writes it')
    .option('-l, --list', 'only show what settings are there')
    .option('--settings <id>', 'these, by the id or its beginning that --list shows; the newest when absent')
    .addHelpText('after', example('tidemark adopt /media/me/usb/backup'))
    .action((typed: string, flags: AdoptFlags) =>
      run((session) =>
        withProfile(session, async (profile) => {
          const { calls } = profile;
          const { output, host, options, context } = session;
          const location = placeLocation(typed);
          await giveLogin(session, profile, location);
          const question = `enter recovery code or password of ${formatName(withoutSecrets(location))}: `;
          const password = await readTypedSecret(host, options, context.signal, question);
          const found = await calls['adopt.look']({ location, password });
          if (flags.list === true) {
            if (options.json) return output.json(found);
            const rows = found.map(({ snapshotId, savedAtMs, hostname, planNames }) => [
              snapshotId.slice(0, 8),
              momentText(savedAtMs),
              formatName(hostname),
              planNames.map(formatName).join(', '),
            ]);
            for (const line of formatTable(['ID', 'Saved', 'Computer', 'Plans'], rows))
              await output.result(line);
            return;
          }
          const wanted = flags.settings === undefined ? '' : asText(flags.settings);
          const chosen = found.find(({ snapshotId }) => snapshotId.startsWith(wanted));
          if (chosen === undefined) {
            throw new TidemarkError('request.notFound', {
              what: 'copy of settings',
              id: wanted || withoutSecrets(location),
            });
          }
          const taken = await calls['adopt.take']({ location, password, snapshotId: chosen.snapshotId });
          output.json({ message_type: 'adopted', snapshotId: chosen.snapshotId, ...taken });
          output.say(
            `Took over ${formatCount(taken.plans, 'plan')} and ${formatCount(taken.places, 'backup place')} of ${formatName(chosen.hostname)}, as they were on ${momentText(chosen.savedAtMs)}.`,
          );
          if (taken.notRemembered !== null) {
            output.complain(`The keychain of this computer does not keep the key (${taken.notRemembered}).`);
          }
        }),
      ),
    );
}
