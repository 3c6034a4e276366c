/** What is told when a backup place got new keys: the recovery code once, and in plain words what it is. */
import type { AppCalls } from '#contract/app/app-calls.ts';
import type { CallClient } from '#contract/calls/call-table.ts';
import type { Output } from '../output.ts';

export type NewKeys = Awaited<ReturnType<CallClient<AppCalls>['places.create']>>;

export async function tellKeys(output: Output, name: string, keys: NewKeys): Promise<void> {
  const { placeId, recoveryCode, notRemembered } = keys;
  if (output.options.json) {
    output.json({ message_type: 'place_keys', ...keys });
    return;
  }
  if (recoveryCode !== null) {
    for (const line of [
      '',
      `This is the recovery code of ${name}:`,
      '',
      `    ${recoveryCode}`,
      '',
      'With it, and with nothing else, your files can be got back when this computer is lost. It is shown this once and',
      'is not stored here: write it down, or print it, and keep it away from this computer and from the backup place.',
      'Whoever has it and the place can read your files. It is also the password for the stock restic program.',
      `Show that it works with:  tidemark place prove ${placeId}`,
      '',
    ]) {
      await output.result(line);
    }
  }
  if (notRemembered !== null) {
    output.complain(
      `The keychain of this computer does not keep the key (${notRemembered}). Backups work until Tidemark ends; after that, open the place again with "tidemark place unlock".`,
    );
  }
}
