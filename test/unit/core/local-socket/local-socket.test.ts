/** The socket in the profile's folder, over real sockets: who may serve, what is left behind, what may come over it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Channel } from '#contract/calls/channel.ts';
import { connectLocalSocket } from '#core/local-socket/connect-local-socket.ts';
import { lineChannel } from '#core/local-socket/line-channel.ts';
import { connectToRunningCore, serveRunningCore } from '#core/local-socket/running-core.ts';
import { serveLocalSocket, type LocalSocket } from '#core/local-socket/serve-local-socket.ts';
import { describeChannel } from '#test/suites/channel-suite.ts';

let folder: string;
const open: LocalSocket[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-socket-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((socket) => socket.close()));
  rmSync(folder, { recursive: true, force: true });
});

async function serve(place = folder): Promise<Channel[]> {
  const channels: Channel[] = [];
  open.push(await serveLocalSocket(place, 'core.sock', (channel) => channels.push(channel)));
  return channels;
}

describeChannel('local socket', async () => {
  const place = mkdtempSync(path.join(tmpdir(), 'tidemark-channel-'));
  const arrived = Promise.withResolvers<Channel>();
  const socket = await serveLocalSocket(place, 'core.sock', (channel) => arrived.resolve(channel));
  const caller = await connectLocalSocket(place, 'core.sock');
  if (caller === undefined) throw new Error('nobody serves');
  return {
    caller,
    server: await arrived.promise,
    async close() {
      await socket.close();
      rmSync(place, { recursive: true });
    },
  };
});

describe('who serves', () => {
  test('nobody: no profile, no socket, a folder that is a file', async () => {
    expect(await connectToRunningCore(path.join(folder, 'missing'))).toBeUndefined();
    expect(await connectToRunningCore(folder)).toBeUndefined();
    writeFileSync(path.join(folder, 'file'), '');
    expect(await connectToRunningCore(path.join(folder, 'file'))).toBeUndefined();
  });

  test('only the owner can open it, also in a folder that was open to all', async () => {
    chmodSync(folder, 0o777);
    await serve();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(folder, 'core.sock')).mode & 0o777).toBe(0o600);
  });

  test.skipIf(process.getuid?.() !== 0)('a socket that somebody else put there is not trusted', async () => {
    await serve();
    const { chownSync } = await import('node:fs');
    chownSync(path.join(folder, 'core.sock'), 65_534, 65_534);
    await expect(connectToRunningCore(folder)).rejects.toMatchObject({ code: 'storage.accessDenied' });
  });

  test('one at a time; when it closes, nothing is left and the next one serves', async () => {
    await serve();
    await expect(serve()).rejects.toMatchObject({ code: 'state.profileInUse' });
    // The second try has not taken the first one's socket away.
    expect(await connectLocalSocket(folder, 'core.sock')).toBeDefined();
    await open.pop()?.close();
    expect(existsSync(path.join(folder, 'core.sock'))).toBe(false);
    await serve();
    expect(await connectLocalSocket(folder, 'core.sock')).toBeDefined();
  });

  test('what a killed process left is seen as nobody, and replaced', async () => {
    const child = spawn(process.execPath, [path.resolve('test/support/socket-child.ts'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await expect(serve()).rejects.toMatchObject({ code: 'state.profileInUse' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(path.join(folder, 'core.sock'))).toBe(true);
    expect(await connectToRunningCore(folder)).toBeUndefined();
    const channels = await serve();
    expect(await connectToRunningCore(folder)).toBeDefined();
    await expect.poll(() => channels.length).toBe(1);
  });

  test('a file that is no socket is left alone', async () => {
    writeFileSync(path.join(folder, 'core.sock'), 'mine');
    await expect(serve()).rejects.toMatchObject({ code: 'request.invalidInput' });
    expect(existsSync(path.join(folder, 'core.sock'))).toBe(true);
    rmSync(path.join(folder, 'core.sock'));
    await serve();
  });

  test('a path longer than a socket address can be', async () => {
    const deep = path.join(folder, 'a'.repeat(100), 'b'.repeat(100));
    mkdirSync(deep, { recursive: true });
    expect(await connectToRunningCore(deep)).toBeUndefined();
    const channels = await serve(deep);
    expect(statSync(path.join(deep, 'core.sock')).mode & 0o777).toBe(0o600);
    expect(await connectToRunningCore(deep)).toBeDefined();
    await expect.poll(() => channels.length).toBe(1);
    await open.pop()?.close();
    expect(existsSync(path.join(deep, 'core.sock'))).toBe(false);
  });

  test('a core is reached by its calls', async () => {
    const asked: unknown[] = [];
    open.push(
      await serveRunningCore(folder, {
        connect: (channel) => channel.onMessage((message) => asked.push(message)),
      }),
    );
    const connection = await connectToRunningCore(folder);
    void connection?.calls['mirror.get']({}).catch(() => undefined);
    await expect.poll(() => asked).toMatchObject([{ type: 'call', name: 'mirror.get' }]);
    connection?.close();
  });
});

describe('what comes over it', () => {
  async function rawConnection(): Promise<{ socket: Socket; heard: unknown[]; closed: Promise<unknown> }> {
    const channels = await serve();
    const socket = connect(path.join(folder, 'core.sock'));
    await once(socket, 'connect');
    await expect.poll(() => channels.length).toBe(1);
    const heard: unknown[] = [];
    channels[0]?.onMessage((message) => heard.push(message));
    socket.on('error', () => undefined);
    return { socket, heard, closed: once(socket.resume(), 'close') };
  }

  test('messages in any pieces, also with a character cut in two', async () => {
    const stream = new PassThrough();
    const heard: unknown[] = [];
    lineChannel(stream).onMessage((message) => heard.push(message));
    const bytes = Buffer.from('{"a":"Grüße 😀"}\n[1]\n{"b":2}\n');
    for (const byte of bytes) stream.write(Buffer.of(byte));
    stream.write(Buffer.concat([bytes, bytes.subarray(0, 5)]));
    stream.write(bytes.subarray(5));
    await expect.poll(() => heard.length).toBe(9);
    const once = [{ a: 'Grüße 😀' }, [1], { b: 2 }];
    expect(heard).toEqual([...once, ...once, ...once]);
  });

  test('what is no JSON ends the connection, and only that one', async () => {
    const { socket, heard, closed } = await rawConnection();
    socket.write('{"good":1}\nGET / HTTP/1.1\n{"later":1}\n');
    await closed;
    expect(heard).toEqual([{ good: 1 }]);
    expect(await connectLocalSocket(folder, 'core.sock')).toBeDefined();
  });

  test('a line without end is cut off at the limit', async () => {
    const stream = new PassThrough();
    const channel = lineChannel(stream, 1_000);
    const heard: unknown[] = [];
    channel.onMessage((message) => heard.push(message));
    stream.write(`"${'x'.repeat(998)}"\n`);
    await expect.poll(() => heard.length).toBe(1);
    stream.write('x'.repeat(600));
    expect(stream.destroyed).toBe(false);
    stream.write('x'.repeat(600));
    await expect.poll(() => stream.destroyed).toBe(true);
  });

  test('a caller that goes away in the middle of a line has said nothing', async () => {
    const { socket, heard, closed } = await rawConnection();
    socket.end('{"half":');
    await closed;
    expect(heard).toEqual([]);
  });
});
