/**
 * Everything a command writes. Owns what is shown at which verbosity, JSON lines, the live line, and a reader that goes
 * away (`| head`): then nothing more is written, `isBroken` tells the command to stop, and nobody sees a stack.
 * Names in text are made harmless; JSON keeps them.
 */
import { once } from 'node:events';
import type { CliHost, CliStream } from './cli-host.ts';
import { displayWidth, ProgressLine, type ProgressNumbers } from './progress-line.ts';

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  /** 0; 1 with -v; 2 with -vv. */
  readonly verbosity: number;
}

const FLUSH_AT_CHARACTERS = 64 * 1024;
const JSON_STATUS_EVERY_MS = 100;

export class Output {
  readonly options: OutputOptions;
  readonly #host: CliHost;
  readonly #progress: ProgressLine | undefined;
  #pending = '';
  #isBroken = false;
  #statusMs = Number.NEGATIVE_INFINITY;

  constructor(host: CliHost, options: OutputOptions) {
    this.#host = host;
    this.options = options;
    host.stdout.on('error', () => (this.#isBroken = true));
    // Without a reader of errors there is nobody to tell.
    host.stderr.on('error', () => undefined);
    const isLive = host.stderr.isTTY === true && !options.json && !options.quiet;
    this.#progress = isLive ? new ProgressLine(host.stderr, () => host.monotonicMs()) : undefined;
  }

  /** The reader of standard output is gone. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** What a command exists to print; also with --quiet. */
  async result(line: string): Promise<void> {
    this.#pending += `${line}\n`;
    if (this.#pending.length >= FLUSH_AT_CHARACTERS) await this.flush();
  }

  /** News: not with --quiet, not with --json. */
  say(line: string): void {
    if (!this.options.quiet && !this.options.json) this.#write(this.#host.stdout, `${line}\n`);
  }

  /** Details, from the given verbosity on. */
  detail(verbosity: 1 | 2, line: string): void {
    if (this.options.verbosity >= verbosity) this.say(line);
  }

  /** Errors and warnings, on standard error, always. */
  complain(line: string): void {
    this.#write(this.#host.stderr, `${line}\n`);
  }

  /** One JSON line; nothing without --json. */
  json(value: unknown): void {
    if (this.options.json) this.#write(this.#host.stdout, `${encodeJson(value)}\n`);
  }

  jsonComplaint(value: unknown): void {
    if (this.options.json) this.#write(this.#host.stderr, `${encodeJson(value)}\n`);
  }

  /** Somebody watches: a person at a terminal, or a program that reads status messages. */
  get showsProgress(): boolean {
    return this.#progress !== undefined || (this.options.json && !this.options.quiet);
  }

  /** Shows the live line, or with --json calls `status` for a message a few times a second. */
  progress(numbers: ProgressNumbers, status?: () => unknown): void {
    this.#progress?.update(numbers);
    if (status === undefined || !this.options.json || this.options.quiet) return;
    const nowMs = this.#host.monotonicMs();
    if (nowMs - this.#statusMs < JSON_STATUS_EVERY_MS) return;
    this.#statusMs = nowMs;
    this.json(status());
  }

  stopProgress(): void {
    this.#progress?.stop();
  }

  /** Bytes of a file on standard output; resolves when more may come. */
  async bytes(chunk: Uint8Array): Promise<void> {
    if (this.#isBroken) return;
    if (!this.#host.stdout.write(chunk)) await this.#drained();
  }

  async flush(): Promise<void> {
    const text = this.#pending;
    this.#pending = '';
    if (text === '' || this.#isBroken) return;
    this.#progress?.stop();
    if (!this.#host.stdout.write(text)) await this.#drained();
  }

  #write(stream: CliStream, text: string): void {
    if (stream === this.#host.stdout && this.#isBroken) return;
    const write = (): void => void stream.write(text);
    if (this.#progress === undefined) write();
    else this.#progress.around(write);
  }

  async #drained(): Promise<void> {
    // Rejects when the reader goes away; `isBroken` is set then.
    await once(this.#host.stdout, 'drain').catch(() => undefined);
  }
}

type RawJson = { rawJSON(text: string): unknown };

/** JSON with 64-bit integers written out in full. */
export function encodeJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'bigint' ? (JSON as unknown as RawJson).rawJSON(String(member)) : member,
  );
}

/** Columns padded to their widest cell; a cell may have several lines. No blanks at line ends. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [header, ...rows.flatMap(splitRow)];
  const widths = header.map((_title, column) =>
    Math.max(...lines.map((cells) => displayWidth(cells[column] ?? ''))),
  );
  const formatted = lines.map((cells) =>
    cells
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - displayWidth(cell)))
      .join('  ')
      .trimEnd(),
  );
  const rule = '-'.repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  return [formatted[0] ?? '', rule, ...formatted.slice(1), rule];
}

function splitRow(row: readonly string[]): string[][] {
  const cells = row.map((cell) => cell.split('\n'));
  const height = Math.max(...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_item, line) => cells.map((cell) => cell[line] ?? ''));
}
