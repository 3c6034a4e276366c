/**
 * One live line on a terminal: bytes, files, rate, time left. Owns drawing, width, the cursor and the estimate.
 * Knows nothing of commands. Draws at most ten times a second; `stop` leaves an empty line and a visible cursor,
 * however the command ends.
 */
import { formatBytes, formatDuration } from './format-values.ts';
import type { CliStream } from './cli-host.ts';

export interface ProgressNumbers {
  readonly filesDone: number;
  readonly bytesDone: number;
  readonly totalFiles?: number | undefined;
  readonly totalBytes?: number | undefined;
  readonly problems?: number | undefined;
  /** What `files` counts when it is not files. */
  readonly noun?: string;
  /** What is worked on; cut to the room that is left. */
  readonly current?: string | undefined;
}

const DRAW_EVERY_MS = 100;
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const CLEAR_LINE = '\r\x1b[2K';

export class ProgressLine {
  readonly #stream: CliStream;
  readonly #monotonicMs: () => number;
  readonly #startedMs: number;
  readonly #rate = new RateEstimate();
  #drawnMs = Number.NEGATIVE_INFINITY;
  #isShown = false;
  #text = '';

  constructor(stream: CliStream, monotonicMs: () => number) {
    this.#stream = stream;
    this.#monotonicMs = monotonicMs;
    this.#startedMs = monotonicMs();
  }

  update(numbers: ProgressNumbers): void {
    const nowMs = this.#monotonicMs();
    this.#rate.add(nowMs, numbers.bytesDone);
    if (nowMs - this.#drawnMs < DRAW_EVERY_MS) return;
    this.#drawnMs = nowMs;
    this.#text = formatProgress(numbers, {
      elapsedSeconds: (nowMs - this.#startedMs) / 1000,
      bytesPerSecond: this.#rate.bytesPerSecond(),
      width: Math.max(20, this.#stream.columns ?? 80) - 1,
    });
    this.#draw();
  }

  /** Lets `write` put whole lines above the live one. */
  around(write: () => void): void {
    if (this.#isShown) this.#stream.write(CLEAR_LINE);
    write();
    if (this.#isShown) this.#draw();
  }

  stop(): void {
    if (!this.#isShown) return;
    this.#isShown = false;
    this.#stream.write(CLEAR_LINE + SHOW_CURSOR);
  }

  #draw(): void {
    this.#stream.write((this.#isShown ? '' : HIDE_CURSOR) + CLEAR_LINE + this.#text);
    this.#isShown = true;
  }
}

export interface ProgressFrame {
  readonly elapsedSeconds: number;
  readonly bytesPerSecond: number;
  /** Columns to stay within. */
  readonly width: number;
}

/** One line of at most `width` columns; parts that do not fit are left out, the least important first. */
export function formatProgress(numbers: ProgressNumbers, frame: ProgressFrame): string {
  const { totalFiles, totalBytes } = numbers;
  const parts = [`[${formatDuration(frame.elapsedSeconds)}]`];
  if (totalBytes !== undefined && totalBytes > 0) {
    const percent = Math.min(100, Math.floor((numbers.bytesDone / totalBytes) * 100));
    parts.push(`${percent}%`, `${formatBytes(numbers.bytesDone)} of ${formatBytes(totalBytes)},`);
  } else if (numbers.noun === undefined || numbers.bytesDone > 0)
    parts.push(`${formatBytes(numbers.bytesDone)},`);
  const noun = numbers.noun ?? 'files';
  parts.push(
    totalFiles === undefined
      ? `${numbers.filesDone} ${noun}`
      : `${numbers.filesDone} of ${totalFiles} ${noun}`,
  );
  if (frame.bytesPerSecond > 0) {
    parts.push(`${formatBytes(frame.bytesPerSecond)}/s`);
    if (totalBytes !== undefined && totalBytes > numbers.bytesDone) {
      parts.push(
        `${formatDuration(Math.ceil((totalBytes - numbers.bytesDone) / frame.bytesPerSecond))} left`,
      );
    }
  }
  if ((numbers.problems ?? 0) > 0) parts.push(`${numbers.problems} not read`);
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : `${line} ${part}`;
    if (displayWidth(longer) > frame.width) break;
    line = longer;
  }
  const room = frame.width - displayWidth(line) - 2;
  if (numbers.current !== undefined && room >= 10) line += `  ${shortenPath(numbers.current, room)}`;
  return line;
}

/** Columns a text takes: two for wide characters, none for combining ones. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += widthOf(character);
  return width;
}

/** The end of a path says most, so the beginning is cut. */
function shortenPath(path: string, room: number): string {
  if (displayWidth(path) <= room) return path;
  const characters = Array.from(path);
  let width = 1;
  let start = characters.length;
  while (start > 0 && width + widthOf(characters[start - 1] as string) <= room) {
    start--;
    width += widthOf(characters[start] as string);
  }
  return `…${characters.slice(start).join('')}`;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;

function widthOf(character: string): number {
  if (/\p{Mark}|\u200b|\u200d/u.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

const WINDOW_MS = 10_000;
const SAMPLE_EVERY_MS = 200;

/** Mean rate of the last ten seconds: quick to follow, slow to jump. */
class RateEstimate {
  #samples: { readonly timeMs: number; readonly bytes: number }[] = [];

  add(timeMs: number, bytes: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && timeMs - last.timeMs < SAMPLE_EVERY_MS) return;
    this.#samples.push({ timeMs, bytes });
    while (this.#samples.length > 2 && timeMs - (this.#samples[0]?.timeMs ?? 0) > WINDOW_MS)
      this.#samples.shift();
  }

  bytesPerSecond(): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.timeMs - first.timeMs < SAMPLE_EVERY_MS) return 0;
    return Math.max(0, (last.bytes - first.bytes) / ((last.timeMs - first.timeMs) / 1000));
  }
}
