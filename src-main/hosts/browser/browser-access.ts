/**
 * Who may use the pages: one link at a time, good for one browser, exchanged for a cookie that no script can read.
 * Secrets have 256 bits, are compared in constant time, live in memory only and are never logged. Knows no HTTP beyond
 * the text of a cookie.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '#base/clock.ts';

const SECRET_BYTES = 32;
/** Long enough to walk to another machine and type the tunnel's command, too short to be found in an old log. */
const LINK_LIFETIME_MS = 60 * 60_000;
/** A browser that asked for nothing for so long has to be let in anew; the person may have left it somewhere. */
const IDLE_LIMIT_MS = 12 * 60 * 60_000;
/** More browsers than a person has; the one that was idle longest goes. */
const MOST_SESSIONS = 16;

/** A browser that was let in. */
export interface BrowserSession {
  readonly secret: string;
  lastUsedMs: number;
  /** Called when the session ends; whoever holds something open for it closes that. */
  readonly onEnd: Set<() => void>;
}

export class BrowserAccess {
  /** Cookies do not know ports: another program on this machine gets ours and sends us its own, so names differ. */
  readonly cookieName: string;
  readonly #clock: Clock;
  readonly #randomBytes: (size: number) => Uint8Array;
  #link: { readonly token: string; readonly madeAtMs: number } | undefined;
  readonly #sessions: BrowserSession[] = [];

  constructor(clock: Clock, randomBytes: (size: number) => Uint8Array) {
    this.#clock = clock;
    this.#randomBytes = randomBytes;
    this.cookieName = `tidemark-${Buffer.from(randomBytes(8)).toString('hex')}`;
  }

  /** A fresh one-time token; the one before it, used or not, is worth nothing from now on. */
  newToken(): string {
    const token = this.#newSecret();
    this.#link = { token, madeAtMs: this.#clock.monotonicMs() };
    return token;
  }

  /** False: wrong, used or too old, which are not told apart. */
  useUp(token: string): boolean {
    const link = this.#link;
    if (link === undefined || !isSame(token, link.token)) return false;
    this.#link = undefined;
    return this.#clock.monotonicMs() - link.madeAtMs <= LINK_LIFETIME_MS;
  }

  /** Lets a browser in. @returns the value of `Set-Cookie` */
  newCookie(): string {
    const session = {
      secret: this.#newSecret(),
      lastUsedMs: this.#clock.monotonicMs(),
      onEnd: new Set<() => void>(),
    };
    this.#sessions.push(session);
    this.#endOldest();
    return `${this.cookieName}=${session.secret}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** The session that the `Cookie` header proves, and it counts as used now. */
  sessionOf(cookieHeader: string | undefined): BrowserSession | undefined {
    this.endIdle();
    const values = (cookieHeader ?? '')
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${this.cookieName}=`))
      .map((pair) => pair.slice(this.cookieName.length + 1));
    const session = this.#sessions.find(({ secret }) => values.some((value) => isSame(value, secret)));
    if (session !== undefined) this.use(session);
    return session;
  }

  use(session: BrowserSession): void {
    session.lastUsedMs = this.#clock.monotonicMs();
  }

  endIdle(): void {
    const limitMs = this.#clock.monotonicMs() - IDLE_LIMIT_MS;
    for (const session of this.#sessions.filter(({ lastUsedMs }) => lastUsedMs < limitMs)) this.#end(session);
  }

  endAll(): void {
    this.#link = undefined;
    for (const session of this.#sessions.slice()) this.#end(session);
  }

  #endOldest(): void {
    if (this.#sessions.length <= MOST_SESSIONS) return;
    const [oldest] = this.#sessions.toSorted((a, b) => a.lastUsedMs - b.lastUsedMs);
    if (oldest !== undefined) this.#end(oldest);
  }

  #end(session: BrowserSession): void {
    this.#sessions.splice(this.#sessions.indexOf(session), 1);
    for (const listener of session.onEnd) listener();
  }

  #newSecret(): string {
    return Buffer.from(this.#randomBytes(SECRET_BYTES)).toString('base64url');
  }
}

/** Of hashes, so that neither content nor length shows in the time it takes. */
function isSame(left: string, right: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(left), hash(right));
}
