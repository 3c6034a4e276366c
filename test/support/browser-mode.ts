/**
 * Browser mode's real server with small pages and a small core behind it, and ways to ask it that no browser and no
 * library would offer: bytes on a bare socket.
 */
import { DEFAULT_WINDOW_SETTINGS } from '#contract/app/settings-calls.ts';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WebSocket } from 'ws';
import type { Clock } from '#base/clock.ts';
import { TidemarkError } from '#base/errors.ts';
import { systemClock } from '#base/system-clock.ts';
import { appCalls } from '#contract/app/app-calls.ts';
import type { MirrorParts } from '#contract/app/mirror-values.ts';
import type { Channel } from '#contract/calls/channel.ts';
import { serveCalls } from '#contract/calls/serve-calls.ts';
import { startBrowserServer, type BrowserServer } from '#hosts/browser/browser-server.ts';
import type { ContentCalls } from '#core/pages/content-answer.ts';
import { loadPageFiles } from '#core/pages/page-files.ts';

/** Stands in a file beside the pages; no answer may ever hold it. */
export const SECRET_BESIDE = 'what lies beside the pages';

const EMPTY_MIRROR: MirrorParts & { revision: number } = {
  revision: 7,
  plans: [],
  places: [],
  jobs: [],
  health: { state: 'cannotTell', plans: [], copies: [], problems: [] },
  next: [],
  watch: [],
  machine: { power: 'unknown', isBatteryLow: false, network: 'unasked' },
  pause: null,
  settings: DEFAULT_WINDOW_SETTINGS,
};

const PAGE = `<!doctype html><html><head><title>small page</title><link rel="icon" href="data:,"><script type="module" src="/assets/page.js"></script></head><body><p id="mirror"></p></body></html>`;
const PAGE_SCRIPT = `const socket = new WebSocket('ws://' + location.host + '/channel');
socket.onopen = () => socket.send(JSON.stringify({ type: 'call', id: 1, name: 'mirror.get', input: {} }));
socket.onmessage = ({ data }) => { document.getElementById('mirror').textContent = data; };
socket.onclose = ({ code }) => { document.title = 'closed ' + code; };`;

/** The one file that the small core has contents of: bytes that count up, so that each tells where it stands. */
export const SMALL_FILE = {
  placeId: 'place',
  snapshotId: 'ab'.repeat(32),
  path: '/home/me/a film.mp4',
  sizeBytes: 5_000_000,
} as const;

export function smallFileBytes(start: number, end: number): Buffer {
  const counting = Buffer.from(Array.from({ length: 251 }, (_, at) => at));
  return Buffer.alloc(end - start + 251, counting).subarray(start % 251, (start % 251) + end - start);
}

/** Answers for the small file as a core does. */
function smallContents(reads: BrowserMode['reads']): ContentCalls {
  return {
    'browse.content': async ({ placeId, snapshotId, path: asked, offset, length }) => {
      const file = typeof asked === 'string' ? asked : Buffer.from(asked.base64, 'base64').toString();
      if (placeId !== SMALL_FILE.placeId || snapshotId !== SMALL_FILE.snapshotId || file !== SMALL_FILE.path)
        throw new TidemarkError('files.pathNotInSnapshot', { path: file, snapshotId });
      reads.push({ offset, length });
      const { sizeBytes } = SMALL_FILE;
      const end = Math.min(offset + length, sizeBytes);
      return { sizeBytes, offset, base64: smallFileBytes(Math.min(offset, end), end).toString('base64') };
    },
    'handOut.content': ({ jobId }) =>
      Promise.reject(new TidemarkError('request.notFound', { what: 'hand-out', id: jobId })),
    'handOut.end': () => Promise.resolve(),
  };
}

export interface BrowserMode {
  readonly server: BrowserServer;
  readonly folder: string;
  /** Channels that were let through. */
  readonly channels: Channel[];
  /** Parts of the small file that were read. */
  readonly reads: { readonly offset: number; readonly length: number }[];
  close(): Promise<void>;
}

/** `servesCalls`: whether somebody answers `mirror.get` on channels that are let through. */
export async function startBrowserMode({
  clock = systemClock,
  servesCalls = true,
}: { clock?: Clock; servesCalls?: boolean } = {}): Promise<BrowserMode> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-browser-'));
  const pages = path.join(folder, 'pages');
  mkdirSync(path.join(pages, 'assets'), { recursive: true });
  writeFileSync(path.join(pages, 'index.html'), PAGE);
  writeFileSync(path.join(pages, 'assets', 'page.js'), PAGE_SCRIPT);
  writeFileSync(path.join(pages, 'assets', 'page.js.map'), SECRET_BESIDE);
  writeFileSync(path.join(folder, 'secret.html'), SECRET_BESIDE);
  symlinkSync(path.join(folder, 'secret.html'), path.join(pages, 'link.html'));
  const channels: Channel[] = [];
  const reads: BrowserMode['reads'] = [];
  const server = await startBrowserServer({
    pages: loadPageFiles(pages),
    port: 0,
    clock,
    randomBytes,
    calls: smallContents(reads),
    connect: (channel) => {
      channels.push(channel);
      if (!servesCalls) return;
      serveCalls(channel, { 'mirror.get': appCalls['mirror.get'] }, {}, { 'mirror.get': () => EMPTY_MIRROR });
    },
  });
  return {
    server,
    folder,
    channels,
    reads,
    async close() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface RawAnswer {
  /** 0: the connection was closed without an answer. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** All of it. */
  readonly text: string;
}

/** Sends exactly these bytes and reads until the other side closes or has sent one whole answer. */
export function sendRaw(port: number, bytes: string | Uint8Array, host = '127.0.0.1'): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ port, host });
    let text = '';
    const finish = (): void => {
      socket.destroy();
      resolve(parseAnswer(text));
    };
    socket.on('connect', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (isWhole(text)) finish();
    });
    socket.on('close', finish);
    socket.on('error', (error: NodeJS.ErrnoException) =>
      // Refused while we were still sending.
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? finish() : reject(error),
    );
  });
}

/** A request line and headers as text; a header given as undefined is left out. */
export function requestText(
  line: string,
  headers: Readonly<Record<string, string | undefined>>,
  body = '',
): string {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  return `${[line, ...lines, ...length].join('\r\n')}\r\n\r\n${body}`;
}

/** As the page does it. @returns the cookie, as a browser sends it back */
export async function enter(server: BrowserServer, link = server.newLink()): Promise<string> {
  const answer = await sendRaw(
    server.port,
    requestText('POST /enter HTTP/1.1', ownHeaders(server), JSON.stringify({ token: link.split('#')[1] })),
  );
  const cookie = answer.headers['set-cookie']?.split(';', 1)[0];
  if (cookie === undefined) throw new Error(`not let in: ${answer.text}`);
  return cookie;
}

/** What the browser sends with a `fetch` of our own page. */
export function ownHeaders(server: BrowserServer): Record<string, string> {
  const host = `127.0.0.1:${server.port}`;
  return {
    Host: host,
    Origin: `http://${host}`,
    'Sec-Fetch-Site': 'same-origin',
    'Content-Type': 'application/json',
  };
}

/** Opens the channel as our own page does. */
export function openWebSocket(server: BrowserServer, cookie: string): Promise<WebSocket> {
  const origin = `http://127.0.0.1:${server.port}`;
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/channel`, {
    origin,
    headers: { Cookie: cookie },
  });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
  });
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const { status, headers, body } = parseAnswer(text);
  if (status === 100) return false;
  return status === 204 || status === 101 || body.length >= Number(headers['content-length'] ?? Infinity);
}

function parseAnswer(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [line = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((each) => [each.slice(0, each.indexOf(':')).toLowerCase(), each.slice(each.indexOf(':') + 2)]),
  );
  return { status: Number(line.split(' ')[1] ?? 0), headers, body: rest.join('\r\n\r\n'), text };
}
