/**
 * What a person's ssh is set up to do for a host: its own `~/.ssh/config`, taken over by asking the system's `ssh -G`,
 * which knows every rule of that file. Without an ssh program there are the usual defaults.
 * A location's own user and port come before the file's.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import type { SftpLocation } from '#storage/locations/place-location.ts';
import { jumpOver, runCommand, type WayProgram } from '#storage/sftp/way-over-program.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface SshSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Name under which the host's keys are known, where that is another than the host's. */
  readonly hostKeyAlias: string | undefined;
  readonly identityFiles: readonly string[];
  /** Only the keys of these files are to be offered, not all that an agent holds. */
  readonly identitiesOnly: boolean;
  /** Socket of the agent. */
  readonly agent: string | undefined;
  readonly knownHostsFiles: readonly string[];
  /** The way leads over another host or a program: what carries the connection. */
  readonly way: WayProgram | undefined;
}

const LIMIT_MS = 10_000;

/** `args`: as ssh is told them before the host. @throws Error with what ssh says about a file that it does not understand */
export async function loadSshSettings(
  location: SftpLocation,
  env: Environment,
  args: readonly string[] = [],
): Promise<SshSettings> {
  const home = env['HOME'] ?? homedir();
  const answer = await askSsh(location, home, env, args);
  return readSettings(location, home, env, args, answer);
}

/** Lines of `keyword value`; empty where there is no ssh. */
function askSsh(
  location: SftpLocation,
  home: string,
  env: Environment,
  given: readonly string[],
): Promise<string> {
  const args = [
    '-G',
    ...settingsFile(home),
    ...(location.user === undefined ? [] : ['-l', location.user]),
    ...(location.port === undefined ? [] : ['-p', String(location.port)]),
    ...given,
    '--',
    location.host,
  ];
  return new Promise((resolve, reject) => {
    execFile('ssh', args, { env: { ...env }, timeout: LIMIT_MS }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === 'ENOENT') resolve('');
      else reject(new Error(stderr.trim().split('\n')[0] ?? error.message));
    });
  });
}

/** ssh itself looks into the home of the password file, whatever HOME says. */
function settingsFile(home: string): string[] {
  const file = path.join(home, '.ssh', 'config');
  return home === userInfo().homedir ? [] : ['-F', existsSync(file) ? file : 'none'];
}

/** The only thing that ssh tells the one of it that makes a jump, too. */
function givenFile(given: readonly string[]): readonly string[] {
  const at = given.findIndex((each) => each.startsWith('-F'));
  return at < 0 ? [] : given.slice(at, given[at] === '-F' ? at + 2 : at + 1);
}

function readSettings(
  location: SftpLocation,
  home: string,
  env: Environment,
  given: readonly string[],
  answer: string,
): SshSettings {
  const settings = new Map<string, string[]>();
  for (const line of answer.split('\n')) {
    const [, keyword, value] = /^(\S+) (.*)$/.exec(line) ?? [];
    if (keyword === undefined || value === undefined) continue;
    settings.set(keyword, [...(settings.get(keyword) ?? []), value]);
  }
  const last = (keyword: string): string | undefined => {
    const value = settings.get(keyword)?.at(-1);
    return value === 'none' ? undefined : value;
  };
  const host = last('hostname') ?? location.host;
  const user = location.user ?? last('user') ?? userInfo().username;
  const port = location.port ?? Number(last('port') ?? 22);
  const tokens = {
    d: home,
    h: host,
    n: location.host,
    p: String(port),
    r: user,
    u: userInfo().username,
  };
  const expand = (text: string): string => expandTokens(inHome(text, home), tokens);
  const files = (keyword: string, ...defaults: readonly string[]): string[] =>
    (settings.get(keyword)?.flatMap((value) => value.split(' ')) ?? defaults).filter(
      (file) => file !== 'none',
    );
  const agent = last('identityagent');
  // ssh tells only the one of these that counts.
  const wayOver = (): WayProgram | undefined => {
    const [command, jump] = [last('proxycommand'), last('proxyjump')];
    if (command !== undefined) return runCommand(expandTokens(command, tokens), env);
    return jump === undefined
      ? undefined
      : jumpOver(jump, [...settingsFile(home), ...givenFile(given)], `[${host}]:${String(port)}`);
  };
  return {
    host,
    port,
    user,
    hostKeyAlias: last('hostkeyalias'),
    identityFiles: (settings.get('identityfile') ?? DEFAULT_IDENTITIES).map(expand),
    identitiesOnly: last('identitiesonly') === 'yes',
    agent: agent === undefined || agent === 'SSH_AUTH_SOCK' ? env['SSH_AUTH_SOCK'] : expand(agent),
    knownHostsFiles: [
      ...files('userknownhostsfile', '~/.ssh/known_hosts'),
      ...files('globalknownhostsfile', '/etc/ssh/ssh_known_hosts'),
    ].map(expand),
    way: wayOver(),
  };
}

const DEFAULT_IDENTITIES = ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa'];

/** ssh names files of the home that the password file says; HOME may say another. */
function inHome(file: string, home: string): string {
  if (file.startsWith('~/')) return `${home}${file.slice(1)}`;
  const sshHome = userInfo().homedir;
  return file.startsWith(`${sshHome}/`) ? `${home}${file.slice(sshHome.length)}` : file;
}

/** Those of ssh_config(5) that make sense in names of files and ways. */
function expandTokens(text: string, tokens: Readonly<Record<string, string>>): string {
  return text.replaceAll(/%(.)/g, (whole, token: string) => (token === '%' ? '%' : (tokens[token] ?? whole)));
}
