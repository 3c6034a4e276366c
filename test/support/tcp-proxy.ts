/**
 * A loopback link that misbehaves as told: slow, far, cut in the middle, silent. Stands between a client and a real
 * server; knows bytes only. Both directions are shaped on their own; what is forwarded is never altered or reordered.
 * - The delay is one way: a round trip takes the sum of both directions.
 * - Back-pressure reaches the sender, as on a real line: no more than a line's worth of bytes is held here.
 * - A black hole holds everything and answers nothing; when it ends, all that was held goes on, as after an outage.
 */
import net, { type AddressInfo, type Socket } from 'node:net';

/** Up: from the client to the server. */
export type Direction = 'up' | 'down';

/** How a connection ends: by a reset at once, or properly, after what was sent has arrived. */
export type CutKind = 'reset' | 'end';

export interface LineShape {
  /** One way. */
  readonly delayMs?: number;
  /** Of all connections together. */
  readonly bytesPerSecond?: number;
}

export interface TcpProxyOptions {
  readonly targetPort: number;
  readonly targetHost?: string;
  readonly up?: LineShape;
  readonly down?: LineShape;
}

/** Held per connection and direction where no rate says how much a line holds: about what a system's window grows to. */
const WINDOW_BYTES = 4 << 20;
/** What a router in front of a slow line holds. */
const QUEUE_BYTES = 64 << 10;
/** At a limited rate, bytes go on in portions of this duration, so that a slow line trickles instead of coming in gulps. */
const PORTION_MS = 10;
/** Silence after which an ended connection is given up whose other side does not end it too. */
const FAREWELL_MS = 500;

interface Portion {
  readonly bytes: Buffer;
  readonly dueMs: number;
}

export async function startTcpProxy(options: TcpProxyOptions): Promise<TcpProxy> {
  const proxy = new TcpProxy(options);
  await proxy.listen();
  return proxy;
}

export class TcpProxy {
  /** Forwarded since the start. */
  readonly bytes: Record<Direction, number> = { up: 0, down: 0 };
  /** Connections taken since the start. */
  connectionCount = 0;
  readonly #options: TcpProxyOptions;
  readonly #server: net.Server;
  readonly #lines: Record<Direction, Line>;
  readonly #connections = new Set<Connection>();
  #port = 0;
  #isHole = false;
  #cutTimer: NodeJS.Timeout | undefined;

  constructor(options: TcpProxyOptions) {
    this.#options = options;
    this.#lines = { up: new Line(options.up), down: new Line(options.down) };
    this.#server = net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#take(client));
  }

  /** The same port for the proxy's life, also after `refuse` and `listen`. */
  get port(): number {
    return this.#port;
  }

  get openConnections(): number {
    return this.#connections.size;
  }

  /** Takes connections (again). */
  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        this.#port = (this.#server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  /** New connections are refused, as on a machine without the service; those that are open stay. */
  refuse(): void {
    this.#server.close();
  }

  shape(direction: Direction, shape: LineShape): void {
    this.#lines[direction].shape = shape;
  }

  /** Ends all connections of the moment. */
  cut(kind: CutKind = 'reset'): void {
    for (const connection of this.#connections) connection.end(kind);
  }

  /**
   * Once: cuts all connections as soon as exactly so many further bytes have passed in a direction. 0: in place of the next.
   * @returns a promise of that moment
   */
  cutAfter(direction: Direction, byteCount: number, kind: CutKind = 'reset'): Promise<void> {
    return new Promise((resolve) => {
      this.#lines[direction].limit = {
        bytesLeft: byteCount,
        reached: () => {
          this.cut(kind);
          resolve();
        },
      };
    });
  }

  /** Cuts again and again; `undefined` stops that. */
  cutEvery(intervalMs: number | undefined, kind: CutKind = 'reset'): void {
    clearInterval(this.#cutTimer);
    if (intervalMs !== undefined) this.#cutTimer = setInterval(() => this.cut(kind), intervalMs);
  }

  /** Nothing passes any more, and nobody is told: neither those connected nor those who connect. */
  blackHole(isHole: boolean): void {
    this.#isHole = isHole;
    for (const connection of this.#connections) connection.hold(isHole);
  }

  close(): void {
    this.cutEvery(undefined);
    this.refuse();
    this.cut('reset');
  }

  #take(client: Socket): void {
    this.connectionCount++;
    const server = net.connect({
      host: this.#options.targetHost ?? '127.0.0.1',
      port: this.#options.targetPort,
      noDelay: true,
      allowHalfOpen: true,
    });
    const connection = new Connection(client, server, this.#lines, this.bytes, () =>
      this.#connections.delete(connection),
    );
    this.#connections.add(connection);
    connection.hold(this.#isHole);
  }
}

/** What all connections of a direction share: its shape, when it is free again, how many bytes may still pass. */
class Line {
  shape: LineShape;
  limit: { bytesLeft: number; readonly reached: () => void } | undefined;
  #freeAtMs = 0;

  constructor(shape: LineShape = {}) {
    this.shape = shape;
  }

  get capacityBytes(): number {
    const { bytesPerSecond, delayMs = 0 } = this.shape;
    if (bytesPerSecond === undefined) return WINDOW_BYTES;
    return QUEUE_BYTES + (bytesPerSecond * delayMs) / 1000;
  }

  /** When bytes that are sent now arrive at the other end. */
  *send(bytes: Buffer): Generator<Portion> {
    const { bytesPerSecond, delayMs = 0 } = this.shape;
    const nowMs = performance.now();
    if (bytesPerSecond === undefined) {
      yield { bytes, dueMs: nowMs + delayMs };
      return;
    }
    const portionBytes = Math.max(1, Math.round((bytesPerSecond * PORTION_MS) / 1000));
    for (let start = 0; start < bytes.length; start += portionBytes) {
      const portion = bytes.subarray(start, start + portionBytes);
      this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + (portion.length * 1000) / bytesPerSecond;
      yield { bytes: portion, dueMs: this.#freeAtMs + delayMs };
    }
  }
}

class Connection {
  readonly #sockets: readonly [Socket, Socket];
  readonly #pumps: readonly Pump[];

  constructor(
    client: Socket,
    server: Socket,
    lines: Record<Direction, Line>,
    counters: Record<Direction, number>,
    onClose: () => void,
  ) {
    this.#sockets = [client, server];
    const count = (direction: Direction) => (byteCount: number) => void (counters[direction] += byteCount);
    this.#pumps = [
      new Pump(client, server, lines.up, count('up')),
      new Pump(server, client, lines.down, count('down')),
    ];
    let open = 2;
    for (const socket of this.#sockets) {
      socket.on('error', () => this.end('reset'));
      socket.on('close', () => {
        if (--open === 0) onClose();
      });
    }
  }

  hold(isHeld: boolean): void {
    for (const pump of this.#pumps) pump.hold(isHeld);
  }

  end(kind: CutKind): void {
    for (const pump of this.#pumps) pump.stop();
    for (const socket of this.#sockets) {
      if (kind === 'reset') socket.resetAndDestroy();
      else endProperly(socket);
    }
  }
}

/** Closing while there is something to be read would be a reset: what still comes is read and forgotten. */
function endProperly(socket: Socket): void {
  socket.end();
  socket.resume();
  socket.once('end', () => socket.destroy());
  socket.setTimeout(FAREWELL_MS, () => socket.destroy());
}

/** One direction of one connection. */
class Pump {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #line: Line;
  readonly #count: (byteCount: number) => void;
  readonly #queue: Portion[] = [];
  #queuedBytes = 0;
  #isEnding = false;
  #isHeld = false;
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(from: Socket, to: Socket, line: Line, count: (byteCount: number) => void) {
    this.#from = from;
    this.#to = to;
    this.#line = line;
    this.#count = count;
    from.on('data', (bytes: Buffer) => {
      if (this.#isStopped) return;
      for (const portion of line.send(bytes)) this.#queue.push(portion);
      this.#queuedBytes += bytes.length;
      this.#forward();
    });
    from.on('end', () => {
      this.#isEnding = true;
      this.#forward();
    });
    to.on('drain', () => this.#forward());
  }

  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#forward();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** Forwards what has arrived, and sets the timer for the next. */
  #forward(): void {
    clearTimeout(this.#timer);
    const nowMs = performance.now();
    while (!this.#isStopped && !this.#isHeld && !this.#to.writableNeedDrain) {
      const portion = this.#queue[0];
      if (portion === undefined || portion.dueMs > nowMs) break;
      this.#queue.shift();
      this.#queuedBytes -= portion.bytes.length;
      this.#write(portion.bytes);
    }
    if (this.#isStopped) return;
    const isFull = this.#isHeld || this.#queuedBytes >= this.#line.capacityBytes;
    if (isFull) this.#from.pause();
    else this.#from.resume();
    if (this.#isHeld) return;
    const next = this.#queue[0];
    // Else the other side's reading goes on with it.
    if (next !== undefined && this.#to.writableNeedDrain) return;
    if (next !== undefined) {
      this.#timer = setTimeout(() => this.#forward(), Math.max(0, next.dueMs - nowMs));
    } else if (this.#isEnding && !this.#to.writableEnded) {
      this.#to.end();
    }
  }

  #write(bytes: Buffer): void {
    const { limit } = this.#line;
    const passing = limit === undefined ? bytes : bytes.subarray(0, limit.bytesLeft);
    this.#count(passing.length);
    if (passing.length > 0) this.#to.write(passing);
    if (limit === undefined) return;
    limit.bytesLeft -= passing.length;
    if (limit.bytesLeft > 0) return;
    this.#line.limit = undefined;
    this.stop();
    // What was let through is on its way first.
    setImmediate(limit.reached);
  }
}
