/**
 * The ways to log in that a person has: the agent's keys, key files, a password. Owns their order and what is said of
 * them when none is accepted; secrets stay inside.
 */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import ssh2, {
  type AnyAuthMethod,
  type AuthHandlerMiddleware,
  type AuthenticationType,
  type BaseAgent,
  type ParsedKey,
} from 'ssh2';
import type { SshSettings } from '#storage/sftp/ssh-settings.ts';

/** The password of the account on the server, and the one that protects a key file. */
export const PASSWORD_VARIABLE = 'TIDEMARK_SFTP_PASSWORD';
export const PASSPHRASE_VARIABLE = 'TIDEMARK_SFTP_KEY_PASSPHRASE';

interface LoginMethod {
  /** As in "tried: ...". */
  readonly title: string;
  readonly method: AnyAuthMethod;
}

export class LoginMethods {
  readonly #user: string;
  readonly #methods: readonly LoginMethod[];
  readonly #notes: readonly string[];
  readonly #tried: string[] = [];
  #accepted: readonly string[] = [];

  constructor(user: string, methods: readonly LoginMethod[], notes: readonly string[]) {
    this.#user = user;
    this.#methods = methods;
    this.#notes = notes;
  }

  /** For one connection. It begins with a question that no server grants, whose answer names what this one accepts. */
  handler(): AuthHandlerMiddleware {
    const rest = [...this.#methods];
    this.#tried.length = 0;
    let isFirst = true;
    return (accepted: readonly AuthenticationType[] | null, _isPartial, next) => {
      if (isFirst) {
        isFirst = false;
        next({ type: 'none', username: this.#user } as AnyAuthMethod);
        return;
      }
      this.#accepted = accepted ?? [];
      for (let each = rest.shift(); each !== undefined; each = rest.shift()) {
        if (accepted?.includes(wireType(each.method)) === false) continue;
        this.#tried.push(each.title);
        next(each.method);
        return;
      }
      // The type of the library lacks it; its code and manual have it.
      next(false as unknown as AuthenticationType);
    };
  }

  /** Why nobody was let in, for people. */
  explainRefusal(): string {
    const user = `for the user ${this.#user}`;
    const wants =
      this.#accepted.length === 0 ? '' : `; the server accepts: ${this.#accepted.map(titleOf).join(', ')}`;
    const tried =
      this.#tried.length === 0
        ? `there is nothing to log in with ${user}`
        : `the server refused, ${user}, ${this.#tried.join(', ')}`;
    return [`${tried}${wants}`, ...this.#notes].join('; ');
  }
}

export async function loadLoginMethods(
  settings: SshSettings,
  env: Readonly<Record<string, string | undefined>>,
): Promise<LoginMethods> {
  const username = settings.user;
  const methods: LoginMethod[] = [];
  const notes: string[] = [];
  if (settings.agent !== undefined) {
    methods.push({
      title: "the agent's keys",
      method: { type: 'agent', username, agent: await openAgent(settings.agent, settings) },
    });
  }
  const passphrase = env[PASSPHRASE_VARIABLE];
  for (const file of settings.identityFiles) {
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes === undefined) continue;
    const title = `the key ${shortened(file, env['HOME'] ?? homedir())}`;
    const key = ssh2.utils.parseKey(bytes, passphrase);
    if (!(key instanceof Error) && !key.isPrivateKey()) continue;
    if (key instanceof Error) {
      notes.push(
        passphrase === undefined
          ? `${title} is not usable as it is; if it has a passphrase, put that into ${PASSPHRASE_VARIABLE} or the key into an agent`
          : `${title} does not open with the passphrase given`,
      );
      continue;
    }
    methods.push({ title, method: { type: 'publickey', username, key } });
  }
  const password = env[PASSWORD_VARIABLE];
  if (password !== undefined && password !== '') {
    methods.push(
      { title: 'the password', method: { type: 'password', username, password } },
      // Many a server asks for the password by this way only.
      {
        title: 'the password, typed',
        method: {
          type: 'keyboard-interactive',
          username,
          prompt: (_name, _instructions, _language, prompts, finish) => {
            finish(prompts.map((prompt) => (prompt.echo === true ? '' : password)));
          },
        },
      },
    );
  }
  return new LoginMethods(username, methods, notes);
}

/**
 * The agent, with the keys of the identity files first: a server gives up after a few that it does not know. With
 * `IdentitiesOnly`, without any others.
 */
async function openAgent(socket: string, { identityFiles, identitiesOnly }: SshSettings): Promise<BaseAgent> {
  const files = identityFiles.map((file) => (file.endsWith('.pub') ? file : `${file}.pub`));
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  const chosen = new Set(texts.map((text) => text.split(/\s+/)[1]).filter((key) => key !== undefined));
  const isChosen = (key: ParsedKey): boolean => chosen.has(key.getPublicSSH().toString('base64'));
  const agent = ssh2.createAgent(socket) as BaseAgent<ParsedKey>;
  const getIdentities = agent.getIdentities.bind(agent);
  agent.getIdentities = (done) => {
    getIdentities((error, found) => {
      // Its types allow for more than agents of the system give.
      const keys = found as ParsedKey[] | undefined;
      if (keys === undefined) done(error);
      else
        done(error, [...keys.filter(isChosen), ...keys.filter((key) => !identitiesOnly && !isChosen(key))]);
    });
  };
  return agent;
}

function wireType({ type }: AnyAuthMethod): AuthenticationType {
  return type === 'agent' ? 'publickey' : type;
}

function titleOf(type: string): string {
  return { publickey: 'keys', password: 'a password', 'keyboard-interactive': 'typed answers' }[type] ?? type;
}

function shortened(file: string, home: string): string {
  return file.startsWith(`${home}/`) ? `~${file.slice(home.length)}` : file;
}
