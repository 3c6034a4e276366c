/**
 * Where the password comes from: a command, a file, the environment, a prompt, in restic's order. Bytes, because a
 * password is bytes; white space around it is taken off for files and commands, not for the environment.
 * Source: repository format, section 4. Never logs, never puts a password or a command into an error.
 */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { byteStringToBytes, bytesToByteString, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import { splitCommand } from '#base/split-command.ts';
import { decodeTextFile, trimSpace } from '#base/text-file.ts';
import type { CliHost } from './cli-host.ts';
import type { GlobalOptions } from './global-options.ts';
import { promptForPassword } from './password-prompt.ts';

/** The password to open a repository with. `twice` asks again and compares, for a new repository. */
export async function readPassword(
  host: CliHost,
  options: GlobalOptions,
  signal: AbortSignal,
  twice = false,
): Promise<Uint8Array> {
  const given = await givenPassword(host, options, signal);
  if (options.insecureNoPassword) {
    if (given !== undefined && given.length > 0) {
      throw invalid('--insecure-no-password and a password are given', 'use one of them');
    }
    return new Uint8Array();
  }
  if (given !== undefined) return refuseEmpty(given, '--insecure-no-password');
  const question = twice ? 'enter password for new repository: ' : 'enter password for repository: ';
  return askPassword(host, question, twice ? 'enter password again: ' : undefined, signal);
}

/**
 * The same for a place of a profile, whose calls take text; `question` for the prompt.
 * @throws repository.noPassword, request.invalidInput
 */
export async function readTypedSecret(
  host: CliHost,
  options: GlobalOptions,
  signal: AbortSignal,
  question: string,
): Promise<string> {
  const given = await givenPassword(host, options, signal);
  const secret = given ?? (await askPassword(host, question, undefined, signal));
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      refuseEmpty(secret, '--insecure-no-password'),
    );
  } catch (error) {
    if (error instanceof TidemarkError) throw error;
    throw invalid('this password is not text', 'open the place with another of its passwords');
  }
}

/** Whether nobody need be asked. Reads nothing. */
export function isPasswordGiven(host: CliHost, options: GlobalOptions): boolean {
  return (
    options.passwordFile !== undefined ||
    options.passwordCommand !== undefined ||
    (host.env['TIDEMARK_PASSWORD'] ?? '') !== ''
  );
}

export interface SourcePasswordOptions {
  readonly passwordFile?: string;
  readonly passwordCommand?: string;
  readonly insecureNoPassword: boolean;
}

/** The password of a second repository that is only read; the environment has a variable of its own for it. */
export async function readSourcePassword(
  host: CliHost,
  options: SourcePasswordOptions,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const given = await givenPassword(host, options, signal, 'TIDEMARK_FROM_PASSWORD');
  if (options.insecureNoPassword) {
    if (given !== undefined && given.length > 0) {
      throw invalid('--from-insecure-no-password and a password are given', 'use one of them');
    }
    return new Uint8Array();
  }
  if (given !== undefined) return refuseEmpty(given, '--from-insecure-no-password');
  if (host.stdin.isTTY !== true) {
    throw invalid(
      'no password for the source repository is given, and there is nobody to ask for it',
      'give it with --from-password-file, --from-password-command or TIDEMARK_FROM_PASSWORD',
    );
  }
  return askPassword(host, 'enter password for source repository: ', undefined, signal);
}

export interface NewPasswordOptions {
  readonly newPasswordFile?: string;
  readonly newInsecureNoPassword: boolean;
}

/** The password of a new key: a file or a prompt only, never what opens the repository now. */
export async function readNewPassword(
  host: CliHost,
  options: NewPasswordOptions,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (options.newInsecureNoPassword) {
    if (options.newPasswordFile !== undefined) {
      throw invalid('--new-insecure-no-password and --new-password-file are given', 'use one of them');
    }
    return new Uint8Array();
  }
  if (options.newPasswordFile !== undefined) {
    return refuseEmpty(await passwordFromFile(options.newPasswordFile), '--new-insecure-no-password');
  }
  return askPassword(host, 'enter new password: ', 'enter password again: ', signal);
}

async function givenPassword(
  host: CliHost,
  options: Pick<GlobalOptions, 'passwordFile' | 'passwordCommand'>,
  signal: AbortSignal,
  environmentName = 'TIDEMARK_PASSWORD',
): Promise<Uint8Array | undefined> {
  if (options.passwordCommand !== undefined)
    return passwordFromCommand(host, options.passwordCommand, signal);
  if (options.passwordFile !== undefined) return passwordFromFile(options.passwordFile);
  const variable = host.env[environmentName];
  return variable === undefined || variable === '' ? undefined : Buffer.from(variable, 'utf8');
}

async function passwordFromFile(path: string): Promise<Uint8Array> {
  let content: Uint8Array;
  try {
    content = await readFile(path);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new TidemarkError(
      'request.invalidInput',
      {
        what: `the password file ${path} ${isMissing ? 'is not there' : 'cannot be read'}`,
        reason: 'check its path and that you may read it',
      },
      { cause: error },
    );
  }
  return byteStringToBytes(trimSpace(decodeTextFile(content)));
}

async function passwordFromCommand(host: CliHost, command: string, signal: AbortSignal): Promise<Uint8Array> {
  const [program, ...args] = splitCommand('the password command', command);
  const chunks: Uint8Array[] = [];
  const failed = (how: string, cause?: unknown): TidemarkError =>
    new TidemarkError(
      'request.invalidInput',
      { what: `the password command ${how}`, reason: 'run it by itself to see why' },
      { cause },
    );
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(program as string, args, {
      stdio: ['inherit', 'pipe', 'inherit'],
      env: { ...host.env },
    });
    const stop = (): void => void child.kill();
    signal.addEventListener('abort', stop, { once: true });
    child.stdout.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    child.on('error', (error) => reject(failed('cannot be started', error)));
    child.on('close', (exitCode) => {
      signal.removeEventListener('abort', stop);
      resolve(exitCode);
    });
  });
  if (signal.aborted) throw new TidemarkError('job.cancelled', {});
  if (code !== 0) throw failed(code === null ? 'was ended by a signal' : `ended with code ${code}`);
  return byteStringToBytes(trimSpace(bytesToByteString(Buffer.concat(chunks))));
}

async function askPassword(
  host: CliHost,
  question: string,
  again: string | undefined,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (host.stdin.isTTY !== true) throw new TidemarkError('repository.noPassword', {});
  const first = await promptForPassword(host, question, signal);
  refuseEmpty(byteStringToBytes(first), '--insecure-no-password');
  if (again !== undefined && (await promptForPassword(host, again, signal)) !== first) {
    throw invalid('the two passwords differ', 'type the same one twice');
  }
  return byteStringToBytes(first as ByteString);
}

function refuseEmpty(password: Uint8Array, option: string): Uint8Array {
  if (password.length === 0)
    throw invalid('the password is empty', `give one, or say ${option} if that is meant`);
  return password;
}

function invalid(what: string, reason: string): TidemarkError {
  return new TidemarkError('request.invalidInput', { what, reason });
}
