/**
 * Whether the network costs money, as far as NetworkManager knows; it is asked through systemd's `busctl`. Where either
 * is missing, nobody has been asked, and the person decides.
 */
import { execFile } from 'node:child_process';
import type { PowerAndNetwork } from '#core/host-ports.ts';

/** Its property `Metered`. Source: NMMetered in NetworkManager's D-Bus reference. */
const ANSWERS: Readonly<Record<string, PowerAndNetwork['network']>> = {
  'u 1': 'metered',
  'u 2': 'unmetered',
  // Its guesses: a phone that shares its connection; a cable.
  'u 3': 'metered',
  'u 4': 'unmetered',
};

const PATIENCE_MS = 3_000;
const NAME = 'org.freedesktop.NetworkManager';

/** Never rejects. */
export function askMetered(program = 'busctl'): Promise<PowerAndNetwork['network']> {
  if (process.platform !== 'linux') return Promise.resolve('unasked');
  // Without --auto-start=no a NetworkManager that the person has stopped would be started.
  const question = [
    '--system',
    '--auto-start=no',
    'get-property',
    NAME,
    '/org/freedesktop/NetworkManager',
    NAME,
    'Metered',
  ];
  return new Promise((resolve) => {
    execFile(program, question, { timeout: PATIENCE_MS }, (error, answer) =>
      resolve(error === null ? (ANSWERS[answer.trim()] ?? 'unasked') : 'unasked'),
    );
  });
}
