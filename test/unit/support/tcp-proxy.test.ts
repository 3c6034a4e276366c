import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { startTcpProxy, type TcpProxy, type TcpProxyOptions } from '#test/support/tcp-proxy.ts';

const cleanUps: (() => void)[] = [];

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

/** Sends back what it gets. */
async function startEcho(): Promise<{ port: number; receivedBytes: () => number }> {
  let receivedBytes = 0;
  const server = net.createServer((socket) => {
    socket.on('data', (bytes) => (receivedBytes += bytes.length));
    socket.on('error', () => undefined);
    socket.pipe(socket);
    cleanUps.push(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, receivedBytes: () => receivedBytes };
}

async function startWorld(
  options: Omit<TcpProxyOptions, 'targetPort'> = {},
): Promise<{ proxy: TcpProxy; echo: Awaited<ReturnType<typeof startEcho>> }> {
  const echo = await startEcho();
  const proxy = await startTcpProxy({ targetPort: echo.port, ...options });
  cleanUps.push(() => proxy.close());
  return { proxy, echo };
}

interface Client {
  readonly socket: Socket;
  readonly received: () => Buffer;
  /** How the connection ended: `end`, or the code of the error. */
  readonly ended: Promise<string>;
  receive(byteCount: number): Promise<void>;
}

async function connect(proxy: TcpProxy): Promise<Client> {
  const socket = net.connect({ host: '127.0.0.1', port: proxy.port, noDelay: true });
  const chunks: Buffer[] = [];
  let receivedBytes = 0;
  socket.on('data', (bytes: Buffer) => {
    chunks.push(bytes);
    receivedBytes += bytes.length;
  });
  const ended = new Promise<string>((resolve) => {
    socket.on('end', () => resolve('end'));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? String(error)));
  });
  cleanUps.push(() => socket.destroy());
  await once(socket, 'connect');
  return {
    socket,
    received: () => Buffer.concat(chunks),
    ended,
    receive: async (byteCount) => {
      while (receivedBytes < byteCount) await once(socket, 'data');
    },
  };
}

function makeBytes(sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  for (let i = 0; i < sizeBytes; i++) bytes[i] = (i * 31 + (i >> 8)) & 255;
  return bytes;
}

test('bytes arrive unaltered and in order, and are counted by direction', async () => {
  const { proxy } = await startWorld({ up: { delayMs: 1 } });
  const client = await connect(proxy);
  const bytes = makeBytes(12 << 20);
  client.socket.end(bytes);
  expect(await client.ended).toBe('end');
  expect(Buffer.compare(client.received(), bytes)).toBe(0);
  expect(proxy.bytes).toEqual({ up: bytes.length, down: bytes.length });
  expect(proxy.connectionCount).toBe(1);
});

test('the delays of both directions make the round trip', async () => {
  const { proxy } = await startWorld({ up: { delayMs: 30 }, down: { delayMs: 20 } });
  const client = await connect(proxy);
  const startedMs = performance.now();
  client.socket.write('x');
  await client.receive(1);
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(49);
  expect(performance.now() - startedMs).toBeLessThan(500);
});

test('a rate is kept by all connections together, and holds the sender back', async () => {
  const { proxy, echo } = await startWorld({ up: { bytesPerSecond: 1_000_000 } });
  const clients = [await connect(proxy), await connect(proxy)];
  const startedMs = performance.now();
  for (const { socket } of clients) socket.write(Buffer.alloc(150_000));
  await Promise.all(clients.map((client) => client.receive(150_000)));
  const tookMs = performance.now() - startedMs;
  expect(tookMs).toBeGreaterThanOrEqual(290);
  expect(tookMs).toBeLessThan(1500);
  const [sender] = clients as [Client, Client];
  let acceptedMib = 0;
  const send = (): void => {
    sender.socket.write(Buffer.alloc(1 << 20), () => {
      acceptedMib++;
      if (!sender.socket.destroyed) send();
    });
  };
  send();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(echo.receivedBytes()).toBeLessThan(2 << 20);
  // What the system itself holds; a proxy without back-pressure takes hundreds.
  expect(acceptedMib).toBeLessThan(12);
});

for (const [kind, told] of [
  ['reset', 'ECONNRESET'],
  ['end', 'end'],
] as const) {
  test(`is cut after exactly so many bytes: ${kind}`, async () => {
    const { proxy, echo } = await startWorld();
    const client = await connect(proxy);
    const cut = proxy.cutAfter('up', 100_000, kind);
    client.socket.write(makeBytes(1 << 20));
    await cut;
    expect(await client.ended).toBe(told);
    expect(proxy.bytes.up).toBe(100_000);
    expect(echo.receivedBytes()).toBeLessThanOrEqual(100_000);
    const next = await connect(proxy);
    next.socket.write(makeBytes(1 << 20));
    await next.receive(1 << 20);
  });
}

test('is cut in place of the answer', async () => {
  const { proxy, echo } = await startWorld();
  const client = await connect(proxy);
  const cut = proxy.cutAfter('down', 0);
  client.socket.write('question');
  await cut;
  expect(await client.ended).toBe('ECONNRESET');
  expect(client.received()).toHaveLength(0);
  expect(echo.receivedBytes()).toBe(8);
});

test('is cut again and again', async () => {
  const { proxy } = await startWorld();
  proxy.cutEvery(20);
  for (let i = 0; i < 3; i++) expect(await (await connect(proxy)).ended).toBe('ECONNRESET');
  proxy.cutEvery(undefined);
  const client = await connect(proxy);
  client.socket.write('x');
  await client.receive(1);
});

test('a black hole holds what is sent, and lets it go on when it ends', async () => {
  const { proxy, echo } = await startWorld();
  const before = await connect(proxy);
  before.socket.write('a');
  await before.receive(1);
  proxy.blackHole(true);
  const during = await connect(proxy);
  before.socket.write('b');
  during.socket.write('c');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(echo.receivedBytes()).toBe(1);
  proxy.blackHole(false);
  await Promise.all([before.receive(2), during.receive(1)]);
  expect(before.received().toString()).toBe('ab');
});

test('refuses and takes connections again on the same port', async () => {
  const { proxy } = await startWorld();
  const client = await connect(proxy);
  proxy.refuse();
  await expect(connect(proxy)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  client.socket.write('x');
  await client.receive(1);
  await proxy.listen();
  await connect(proxy);
});

test('a server that is not there is a reset', async () => {
  const lonely = await startTcpProxy({ targetPort: 1 });
  cleanUps.push(() => lonely.close());
  expect(await (await connect(lonely)).ended).toBe('ECONNRESET');
  expect(lonely.openConnections).toBe(0);
});
