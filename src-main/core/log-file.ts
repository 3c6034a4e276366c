/**
 * What happened inside, for whoever looks for a fault: `logs/tidemark.log` in the profile, one JSON object a line, five old
 * files of five megabytes kept. Owns the files; nobody depends on them: a full disk or a folder that cannot be written costs
 * the lines and nothing else. Secrets are wrapped before they get here (secret-text.ts); what looks like one is struck out all
 * the same. It holds messages of errors, with paths of this computer, so it is for its owner's eyes only.
 */
import { appendFileSync, chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { pino, type Logger } from 'pino';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';
import type { Clock } from '#base/clock.ts';

export type LogLevel = 'info' | 'warn' | 'error';

export interface LogFileOptions {
  readonly profileFolder: string;
  readonly clock: Clock;
  /** Of one file. */
  readonly bytes?: number;
}

const FILE_NAME = 'tidemark.log';
const FILE_BYTES = 5 << 20;
const OLD_FILES = 5;
/** After a failure the next line is tried so much later; until then lines are dropped. */
const REST_MS = 60_000;
/** Nobody waits longer for the last lines when the application ends. */
const CLOSE_LIMIT_MS = 2_000;
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** A recovery code in its printed form, and the token of a browser's link. */
const LOOKS_SECRET = /\b[0-9A-Z]{5}(?:-[0-9A-Z]{5}){7}\b|(?<=[#?&=])[0-9A-Za-z_-]{43}\b/g;

export class LogFile {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #bytes: number;
  #open: { readonly logger: Logger; readonly stream: RotatingFileStream } | undefined;
  #restsUntilMs = -Infinity;

  constructor({ profileFolder, clock, bytes = FILE_BYTES }: LogFileOptions) {
    this.#folder = path.join(profileFolder, 'logs');
    this.#clock = clock;
    this.#bytes = bytes;
  }

  /** Never throws, never waits. The file is made with the first line. */
  write(level: LogLevel, text: string): void {
    this.#opened()?.[level](withoutSecrets(text));
  }

  /** The process is about to die: at once, past the stream. */
  writeLast(text: string): void {
    const time = new Date(this.#clock.nowMs()).toISOString();
    const line = { level: 'fatal', time, pid: process.pid, text: withoutSecrets(text) };
    try {
      mkdirSync(this.#folder, { recursive: true, mode: FOLDER_MODE });
      appendFileSync(path.join(this.#folder, FILE_NAME), `${JSON.stringify(line)}\n`, { mode: FILE_MODE });
    } catch {
      // The one who dies has said it on standard error as well.
    }
  }

  /** Resolves when the last line is in the file, or cannot be. */
  async close(): Promise<void> {
    const stream = this.#open?.stream;
    this.#open = undefined;
    if (stream === undefined) return;
    const limit = new AbortController();
    const closed = new Promise<void>((resolve) => stream.once('close', resolve));
    stream.end();
    const patience = this.#clock.sleep(CLOSE_LIMIT_MS, limit.signal).catch(() => undefined);
    await Promise.race([closed, patience]);
    limit.abort();
  }

  #opened(): Logger | undefined {
    if (this.#open !== undefined) return this.#open.logger;
    if (this.#clock.monotonicMs() < this.#restsUntilMs) return undefined;
    try {
      mkdirSync(this.#folder, { recursive: true, mode: FOLDER_MODE });
      chmodSync(this.#folder, FOLDER_MODE);
    } catch {
      this.#rest();
      return undefined;
    }
    const stream = createStream(FILE_NAME, {
      path: this.#folder,
      size: `${this.#bytes}B`,
      rotate: OLD_FILES,
      mode: FILE_MODE,
    });
    const open = { stream, logger: this.#createLogger(stream) };
    stream.on('error', () => {
      stream.destroy();
      if (this.#open !== open) return;
      this.#open = undefined;
      this.#rest();
    });
    this.#open = open;
    return open.logger;
  }

  #rest(): void {
    this.#restsUntilMs = this.#clock.monotonicMs() + REST_MS;
  }

  #createLogger(stream: RotatingFileStream): Logger {
    return pino(
      {
        messageKey: 'text',
        base: { pid: process.pid },
        formatters: { level: (label) => ({ level: label }) },
        timestamp: () => `,"time":"${new Date(this.#clock.nowMs()).toISOString()}"`,
      },
      stream,
    );
  }
}

function withoutSecrets(text: string): string {
  return text.replace(LOOKS_SECRET, '[secret]');
}
