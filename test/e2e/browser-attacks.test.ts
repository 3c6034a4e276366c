/**
 * Browser mode's real server under attack: by foreign pages, by programs of this machine, by whoever got hold of an old
 * link. Everything is refused, nothing is let through to the core, and no answer says what is here.
 */
import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { contentAddress } from '#contract/app/content-address.ts';
import {
  enter,
  openWebSocket,
  ownHeaders,
  requestText,
  SECRET_BESIDE,
  sendRaw,
  SMALL_FILE,
  smallFileBytes,
  startBrowserMode,
  type BrowserMode,
  type RawAnswer,
} from '#test/support/browser-mode.ts';
import { FakeClock } from '#test/support/fake-clock.ts';

let mode: BrowserMode;
let cookie: string;
/** Every answer to an attack, looked through at the end. */
const refusals: RawAnswer[] = [];

beforeAll(async () => {
  // Its clock stands still: no attack may be hidden by a limit that refills, and each test sees a full one.
  mode = await startBrowserMode({ clock: new FakeClock() });
  cookie = await enter(mode.server);
});
afterAll(() => mode.close());
afterEach(() => expect(mode.channels, 'channels let through').toHaveLength(0));

type Headers = Record<string, string | undefined>;

async function attack(line: string, headers: Headers, body = ''): Promise<number> {
  const answer = await sendRaw(
    mode.server.port,
    requestText(line, { ...ownHeaders(mode.server), ...headers }, body),
  );
  refusals.push(answer);
  return answer.status;
}

const HANDSHAKE: Headers = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};
const CHANNEL = 'GET /channel HTTP/1.1';
const READ = 'GET / HTTP/1.1';
const ENTER = 'POST /enter HTTP/1.1';

describe('the token', () => {
  test('a wrong one, an empty one, one that is no text, and bodies that are none', async () => {
    const right = mode.server.newLink().split('#')[1] as string;
    const wrong = `${right.startsWith('A') ? 'B' : 'A'}${right.slice(1)}`;
    for (const token of [
      wrong,
      '',
      right.slice(1),
      `${right}=`,
      right.toUpperCase(),
      [right],
      { right },
      null,
    ]) {
      expect(await attack(ENTER, {}, JSON.stringify({ token })), JSON.stringify(token)).toBe(401);
    }
    for (const body of ['{', 'null', '7', `"${right}"`, `token=${right}`]) {
      expect(await attack(ENTER, {}, body), body).toBe(401);
    }
    // A form of a foreign page cannot send this type, and nothing else is read.
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      undefined,
      'application/json;x=1',
    ]) {
      expect(await attack(ENTER, { 'Content-Type': type }, JSON.stringify({ token: right })), type).toBe(415);
    }
    // After all this the right one still works, once.
    await enter(mode.server, `#${right}`);
    expect(await attack(ENTER, {}, JSON.stringify({ token: right }))).toBe(401);
  });

  test('replayed, and one that was replaced by a newer link', async () => {
    const used = mode.server.newLink();
    await enter(mode.server, used);
    const old = mode.server.newLink();
    const fresh = mode.server.newLink();
    for (const link of [used, old]) {
      expect(await attack(ENTER, {}, JSON.stringify({ token: link.split('#')[1] }))).toBe(401);
    }
    await enter(mode.server, fresh);
  });

  test('in the address it opens nothing: only the fragment and the exchange count', async () => {
    const token = mode.server.newLink().split('#')[1] as string;
    for (const line of [`GET /?token=${token} HTTP/1.1`, `GET /assets/page.js?${token} HTTP/1.1`]) {
      const answer = await sendRaw(
        mode.server.port,
        requestText(line, { Host: ownHeaders(mode.server)['Host'] }),
      );
      expect(answer.headers['set-cookie']).toBeUndefined();
      expect(answer.body).not.toContain('small page');
    }
  });
});

describe('foreign pages', () => {
  test('another name for this address (DNS rebinding), for pages, the exchange and the channel', async () => {
    const { port } = mode.server;
    const hosts = [
      `evil.example:${port}`,
      'evil.example',
      `localhost:${port}`,
      '127.0.0.1',
      `127.0.0.1:${port + 1}`,
      `127.0.0.1:${port}.`,
      `127.0.0.1:${port}@evil.example`,
      `0.0.0.0:${port}`,
      `127.1:${port}`,
      `2130706433:${port}`,
      `[::ffff:127.0.0.1]:${port}`,
      `127.0.0.1:0${port}`,
      '',
      undefined,
    ];
    for (const Host of hosts) {
      const Origin = `http://${Host ?? ''}`;
      expect(await attack(READ, { Host, Origin, Cookie: cookie }), `read ${Host}`).toBe(403);
      expect(await attack(ENTER, { Host, Origin }, '{"token":"x"}'), `enter ${Host}`).toBe(403);
      expect(await attack(CHANNEL, { ...HANDSHAKE, Host, Origin, Cookie: cookie }), `channel ${Host}`).toBe(
        403,
      );
    }
    const twice = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nHost: evil.example\r\nCookie: ${cookie}\r\n\r\n`;
    expect([400, 403]).toContain((await sendRaw(port, twice)).status);
  });

  test('another origin, or none where one is needed', async () => {
    const { port } = mode.server;
    const origins = [
      'http://evil.example',
      `https://127.0.0.1:${port}`,
      `http://127.0.0.1:${port + 1}`,
      `http://localhost:${port}`,
      `http://[::1]:${port}`,
      'null',
      '',
      `http://127.0.0.1:${port}/`,
      `http://127.0.0.1:${port}, http://evil.example`,
      'file://',
    ];
    for (const Origin of origins) {
      expect(await attack(READ, { Origin, Cookie: cookie }), `read ${Origin}`).toBe(403);
      expect(await attack(ENTER, { Origin }, '{"token":"x"}'), `enter ${Origin}`).toBe(403);
      expect(await attack(CHANNEL, { ...HANDSHAKE, Origin, Cookie: cookie }), `channel ${Origin}`).toBe(403);
    }
    expect(await attack(ENTER, { Origin: undefined }, '{"token":"x"}')).toBe(403);
    expect(await attack(CHANNEL, { ...HANDSHAKE, Origin: undefined, Cookie: cookie })).toBe(403);
  });

  test('a request that the browser says comes from elsewhere, whatever else it holds', async () => {
    for (const site of ['cross-site', 'same-site', 'rubbish', '']) {
      const headers = { 'Sec-Fetch-Site': site, Cookie: cookie };
      expect(await attack(READ, { ...headers, Origin: undefined }), site).toBe(403);
      expect(await attack(ENTER, headers, '{"token":"x"}'), site).toBe(403);
      expect(await attack(CHANNEL, { ...headers, ...HANDSHAKE }), site).toBe(403);
    }
    // Typed by the person is fine for a page, never for what acts.
    expect(await attack(ENTER, { 'Sec-Fetch-Site': 'none' }, '{"token":"x"}')).toBe(403);
    expect(await attack(CHANNEL, { ...HANDSHAKE, 'Sec-Fetch-Site': 'none', Cookie: cookie })).toBe(403);
  });

  test('no answer ever allows another origin', async () => {
    const preflight = { 'Access-Control-Request-Method': 'POST', Origin: 'http://evil.example' };
    expect(await attack('OPTIONS /enter HTTP/1.1', preflight)).toBe(403);
    for (const { headers } of refusals) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });
});

describe('without the cookie', () => {
  test('no page but the one that asks for the link, no channel', async () => {
    for (const each of cookiesOfOthers()) {
      expect(await attack('GET /assets/page.js HTTP/1.1', { Cookie: each }), each).toBe(401);
      expect(await attack(CHANNEL, { ...HANDSHAKE, Cookie: each }), each).toBe(401);
      const page = await sendRaw(
        mode.server.port,
        requestText(READ, { ...ownHeaders(mode.server), Cookie: each }),
      );
      expect(page.body).not.toContain('small page');
    }
  });

  function cookiesOfOthers(): (string | undefined)[] {
    const [ownName = '', ownSecret = ''] = cookie.split('=');
    return [
      undefined,
      '',
      // Cookies do not know ports: what another Tidemark on this machine gave the same browser.
      `tidemark-0123456789abcdef=${ownSecret}`,
      `${ownName}=`,
      `${ownName}=${ownSecret.slice(1)}`,
      `${ownName}=${ownSecret}x`,
      `x${ownName}=${ownSecret}`,
      `${ownName}x=${ownSecret}`,
      `${ownName.toUpperCase()}=${ownSecret}`,
      `${ownName}="${ownSecret}"`,
      ownSecret,
    ];
  }

  test('the cookie of another server with the same pages', async () => {
    const other = await startBrowserMode();
    try {
      const foreign = await enter(other.server);
      expect(foreign.split('=')[0]).not.toBe(cookie.split('=')[0]);
      expect(await attack(CHANNEL, { ...HANDSHAKE, Cookie: foreign })).toBe(401);
      // A browser sends both; ours is found among them.
      const both = requestText(READ, { ...ownHeaders(mode.server), Cookie: `${foreign}; ${cookie}` });
      expect((await sendRaw(mode.server.port, both)).body).toContain('small page');
    } finally {
      await other.close();
    }
  });
});

describe('tricks with addresses, by somebody who was let in', () => {
  test.each([
    '/../secret.html',
    '/assets/../../secret.html',
    '/%2e%2e/secret.html',
    '/..%2fsecret.html',
    '/%2e%2e%2fsecret.html',
    '/..%5csecret.html',
    '/..\\secret.html',
    '/assets/..\\..\\secret.html',
    '/%252e%252e/secret.html',
    '/.%00./secret.html',
    '/secret.html%00.js',
    '/assets/page.js%00',
    '//etc/passwd',
    '/etc/passwd',
    '/%2fetc%2fpasswd',
    '/file:///etc/passwd',
    'file:///etc/passwd',
    'http://evil.example/',
    '/C:/Windows/win.ini',
    '/assets',
    '/assets/',
    '/link.html',
    '/assets/page.js.map',
    '/.git/config',
    '/index.html/',
    '/assets/page.js/',
    '/assets//page.js',
    '/./assets/page.js',
    '/ASSETS/page.js',
    '/assets/page.js;x',
    '/constructor',
    '/__proto__',
    '*',
    '',
  ])('%s', async (address) => {
    expect([400, 404]).toContain(await attack(`GET ${address} HTTP/1.1`, { Cookie: cookie }));
  });

  test('bytes that no address may have', async () => {
    for (const address of ['/\0', '/a\tb', '/a b', '/\xff', '/\r']) {
      expect([400, 404]).toContain(await attack(`GET ${address} HTTP/1.1`, { Cookie: cookie }));
    }
  });

  test('other methods', async () => {
    for (const method of ['HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']) {
      expect(await attack(`${method} / HTTP/1.1`, { Cookie: cookie }), method).toBe(405);
    }
    for (const method of ['TRACE', 'CONNECT', 'get', 'EVIL']) {
      expect([400, 405, 0], method).toContain(await attack(`${method} / HTTP/1.1`, { Cookie: cookie }));
    }
    expect(await attack('POST / HTTP/1.1', { Cookie: cookie }, '{}')).toBe(404);
    expect(await attack('POST /channel HTTP/1.1', { ...HANDSHAKE, Cookie: cookie })).toBe(404);
    for (const broken of [
      { 'Sec-WebSocket-Key': 'short' },
      { 'Sec-WebSocket-Version': '7' },
      { Upgrade: 'other' },
    ]) {
      expect(await attack(CHANNEL, { ...HANDSHAKE, ...broken, Cookie: cookie })).toBe(400);
    }
    expect(await attack('GET /other HTTP/1.1', { ...HANDSHAKE, Cookie: cookie })).toBe(404);
  });
});

describe('the contents of files', () => {
  const film = contentAddress(SMALL_FILE);
  const { snapshotId } = SMALL_FILE;
  const other = contentAddress({ ...SMALL_FILE, path: '/etc/passwd' });
  const GET = (address: string): string => `GET ${address} HTTP/1.1`;
  afterEach(() => expect(mode.reads, 'parts read from the place').toEqual([]));

  test('without the cookie, from a foreign page, under another name', async () => {
    const { port } = mode.server;
    for (const headers of [{}, { Cookie: cookie.replace('=', '=A') }])
      expect(await attack(GET(film), headers)).toBe(401);
    for (const headers of [
      { Origin: 'http://evil.example' },
      { Origin: 'null' },
      { Origin: undefined, 'Sec-Fetch-Site': 'cross-site' },
      { Origin: undefined, 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Dest': 'video' },
      { Host: `evil.example:${port}`, Origin: `http://evil.example:${port}` },
      { Host: `localhost:${port}`, Origin: undefined },
    ])
      expect(await attack(GET(film), { Cookie: cookie, ...headers }), JSON.stringify(headers)).toBe(403);
  });

  test('other methods', async () => {
    for (const method of ['HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])
      expect(await attack(`${method} ${film} HTTP/1.1`, { Cookie: cookie }), method).toBe(405);
    expect(await attack(`POST ${film} HTTP/1.1`, { Cookie: cookie })).toBe(404);
  });

  test.each([
    ['a file that is not in the version', other],
    ['another place', film.replace('/place/', '/elsewhere/')],
    ['another version', film.replace(snapshotId, snapshotId.replaceAll('a', 'c'))],
    ['no version', film.replace(snapshotId, 'latest')],
    ['a version beside it', film.replace(snapshotId, `${snapshotId}/../${snapshotId}`)],
    ['no name', film.replace(/[^/]+$/, '')],
    ['a path as it is', `/content/place/${snapshotId}/home/me/a%20film.mp4`],
    ['a path that climbs', `/content/place/${snapshotId}/../../etc/passwd`],
    ['a path that climbs, hidden', `/content/place/${snapshotId}/%2e%2e%2fetc/passwd`],
    ['no base64', film.replace(/\/([^/]+)\/([^/]+)$/, '/%00/$2')],
    ['more behind it', `${film}/../../../secret.html`],
    ['a place that climbs', film.replace('/place/', '/..%2f..%2fsecret.html/')],
    ['the folder of it all', '/content/'],
  ])('%s', async (_, address) => {
    expect([400, 404]).toContain(await attack(GET(address), { Cookie: cookie }));
  });

  test('absurd ranges', async () => {
    for (const range of [
      'bytes=-',
      'bytes=9-1',
      'bytes=0-1,2-3',
      `bytes=${Array.from({ length: 900 }, (_, at) => `${at}-`).join(',')}`,
      'bytes=0x0-',
      'bytes=;drop',
    ])
      expect(await attack(GET(film), { Cookie: cookie, Range: range }), range).toBe(416);
  });
});

test('contents go to who was let in, as far as they are taken, and can act as nothing', async () => {
  const own = await startBrowserMode({ clock: new FakeClock() });
  try {
    const headers = { ...ownHeaders(own.server), Cookie: await enter(own.server) };
    const line = `GET ${contentAddress(SMALL_FILE)} HTTP/1.1`;
    const part = await sendRaw(own.server.port, requestText(line, { ...headers, Range: 'bytes=4999990-' }));
    expect(part.status).toBe(206);
    expect(part.body).toBe(smallFileBytes(4_999_990, 5_000_000).toString('latin1'));
    expect(part.headers).toMatchObject({
      'content-range': 'bytes 4999990-4999999/5000000',
      'content-type': 'video/mp4',
      'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
    });
    expect(part.text.match(/cache-control/gi)).toHaveLength(1);
    const beyond = await sendRaw(own.server.port, requestText(line, { ...headers, Range: 'bytes=5000000-' }));
    expect([beyond.status, beyond.headers['content-range']]).toEqual([416, 'bytes */5000000']);
    // Many that ask for all and take nothing: each holds a little, and a few more are told that it is too much.
    own.reads.length = 0;
    const idle = Array.from({ length: 40 }, () =>
      connectSocket({ port: own.server.port, host: '127.0.0.1' }),
    );
    const answers = await Promise.all(
      idle.map(async (socket) => {
        socket.write(requestText(line, headers));
        await once(socket, 'readable');
        return (socket.read(12) as Buffer).toString();
      }),
    );
    expect(answers.filter((answer) => answer.endsWith('429'))).toHaveLength(8);
    for (const socket of idle) socket.destroy();
    const whole = await sendRaw(own.server.port, requestText(line, headers));
    expect([whole.status, whole.body.length]).toEqual([200, 5_000_000]);
  } finally {
    await own.close();
  }
});

describe('too large, too much, broken', () => {
  test('headers, many headers, an endless address', async () => {
    expect(await attack(READ, { Cookie: `x=${'y'.repeat(20_000)}` })).toBe(431);
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`X-${n}`, 'y']));
    expect([400, 431]).toContain(await attack(READ, many));
    expect([400, 414, 431]).toContain(await attack(`GET /${'a'.repeat(100_000)} HTTP/1.1`, {}));
  });

  test('the body of the exchange, announced or in pieces', async () => {
    expect(await attack(ENTER, {}, JSON.stringify({ token: 'x'.repeat(2_000) }))).toBe(413);
    const chunked = `${ENTER}\r\n${Object.entries(ownHeaders(mode.server))
      .map(([header, value]) => `${header}: ${value}`)
      .join(
        '\r\n',
      )}\r\nTransfer-Encoding: chunked\r\n\r\n${'400\r\n'.concat('x'.repeat(0x400), '\r\n').repeat(4)}0\r\n\r\n`;
    const answer = await sendRaw(mode.server.port, chunked);
    refusals.push(answer);
    expect(answer.status).toBe(413);
  });

  test('two lengths, a length with pieces, a line that is no request', async () => {
    const { port } = mode.server;
    const own = `Host: 127.0.0.1:${port}\r\nCookie: ${cookie}`;
    for (const bytes of [
      `POST /enter HTTP/1.1\r\n${own}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx`,
      `POST /enter HTTP/1.1\r\n${own}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
      'rubbish\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
      'GET / HTTP/9.9\r\n\r\n',
      `GET / HTTP/1.1\r\n${own}\r\nbad header\r\n\r\n`,
    ]) {
      const answer = await sendRaw(port, bytes);
      refusals.push(answer);
      expect([400, 403, 505], bytes.slice(0, 60)).toContain(answer.status);
    }
    expect(await attack(READ, { Expect: 'something' })).toBe(417);
  });
});

test('after all that: what answers said', () => {
  expect(refusals.length).toBeGreaterThan(150);
  for (const { text, status, headers, body } of refusals) {
    expect(text).not.toContain(SECRET_BESIDE);
    expect(text).not.toContain(mode.folder);
    expect(text).not.toContain(cookie.split('=')[1]);
    expect(text).not.toMatch(/node|ws\/|express|at .*\.ts|Error:|src-main|root:/i);
    expect(headers['server']).toBeUndefined();
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['set-cookie']).toBeUndefined();
    if (status === 0) continue;
    expect(headers['content-security-policy'], text).toContain("default-src 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['cross-origin-resource-policy']).toBe('same-origin');
    expect(body.length).toBeLessThan(100);
  }
});

describe('floods', () => {
  test('strangers are refused, and a person who was let in goes on', async () => {
    const own = await startBrowserMode({ clock: new FakeClock() });
    try {
      const mine = await enter(own.server);
      const { port } = own.server;
      const line = requestText('POST /enter HTTP/1.1', ownHeaders(own.server), '{"token":"guess"}');
      const statuses = await Promise.all(
        Array.from({ length: 150 }, async () => (await sendRaw(port, line)).status),
      );
      expect(statuses.filter((status) => status === 401).length).toBeLessThan(100);
      expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(50);
      const page = requestText(READ, { ...ownHeaders(own.server), Cookie: mine });
      expect((await sendRaw(port, page)).status).toBe(200);
      const handshake = requestText(CHANNEL, { ...ownHeaders(own.server), ...HANDSHAKE });
      expect((await sendRaw(port, handshake)).status).toBe(429);
    } finally {
      await own.close();
    }
  });

  test('a page that was let in and floods, sends rubbish, bytes or too much loses its channel only', async () => {
    const own = await startBrowserMode({ clock: new FakeClock() });
    try {
      const mine = await enter(own.server);
      const call = JSON.stringify({ type: 'call', id: 1, name: 'mirror.get', input: {} });
      const attacks: [string, number, (socket: WebSocket) => void][] = [
        ['too many', 1008, (socket) => Array.from({ length: 2_500 }, () => socket.send(call))],
        ['too large', 1009, (socket) => socket.send('x'.repeat((16 << 20) + 1))],
        ['no JSON', 1003, (socket) => socket.send('{')],
        ['bytes', 1003, (socket) => socket.send(Buffer.from(call))],
      ];
      for (const [what, code, act] of attacks) {
        const socket = await openWebSocket(own.server, mine);
        const closed = new Promise<number>((resolve) => socket.once('close', resolve));
        socket.on('error', () => undefined);
        act(socket);
        expect(await closed, what).toBe(code);
      }
      const sockets = await Promise.all(Array.from({ length: 32 }, () => openWebSocket(own.server, mine)));
      await expect(openWebSocket(own.server, mine)).rejects.toThrow('429');
      for (const socket of sockets) socket.terminate();
    } finally {
      await own.close();
    }
  });
});
