/** `prove-code-child.ts <folder>`: proves the recovery code that comes by standard input; prints the proof, and refuses to run with an environment. */
import { text } from 'node:stream/consumers';
import { systemClock } from '#base/system-clock.ts';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { proveRecoveryCode } from '#services/keys/prove-recovery-code.ts';
import { LocalStorage } from '#storage/local/local-storage.ts';

if (Object.keys(process.env).length > 0)
  throw new Error(`an environment: ${Object.keys(process.env).join(' ')}`);
const folder = process.argv[2] ?? '';
const openPorts = (): ReturnType<typeof createRepositoryPorts> =>
  createRepositoryPorts(new LocalStorage(folder, systemClock));
console.log(JSON.stringify(await proveRecoveryCode({ openPorts, typed: await text(process.stdin) })));
