/**
 * One instance per profile folder: a file names who holds it, decided at once; a socket carries the arguments of a
 * second start to the first.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

interface HandedOver {
  readonly argv: readonly string[];
  readonly folder: string;
  readonly extra?: object;
}

export class InstanceLock {
  readonly #file: string;
  readonly #socket: string;
  readonly #onSecond: (start: HandedOver) => void;
  #server: Server | undefined;
  #handOver: Promise<void> = Promise.resolve();

  constructor(profileFolder: string, onSecond: (start: HandedOver) => void) {
    mkdirSync(profileFolder, { recursive: true });
    const name = createHash('sha256').update(profileFolder).digest('hex').slice(0, 16);
    this.#file = path.join(profileFolder, 'TestHostLock.json');
    this.#socket = path.join(tmpdir(), `tidemark-test-host-${name}.sock`);
    this.#onSecond = onSecond;
  }

  take(extra?: object): boolean {
    if (this.#server !== undefined) return true;
    if (isAlive(this.#file)) {
      this.#handOver = this.#tellFirst({
        argv: process.argv,
        folder: process.cwd(),
        ...(extra === undefined ? {} : { extra }),
      });
      return false;
    }
    rmSync(this.#socket, { force: true });
    this.#server = createServer((connection) => {
      let text = '';
      connection.on('data', (chunk) => (text += String(chunk)));
      connection.on('end', () => this.#onSecond(JSON.parse(text) as HandedOver));
    }).listen(this.#socket);
    writeFileSync(this.#file, JSON.stringify({ pid: process.pid }));
    return true;
  }

  /** Waits until the first instance has been told. */
  async release(): Promise<void> {
    await this.#handOver;
    if (this.#server === undefined) return;
    this.#server.close();
    this.#server = undefined;
    rmSync(this.#file, { force: true });
  }

  #tellFirst(start: HandedOver): Promise<void> {
    return new Promise((resolve) => {
      const connection = connect(this.#socket, () => connection.end(JSON.stringify(start)));
      connection.on('error', () => resolve());
      connection.on('close', () => resolve());
    });
  }
}

function isAlive(file: string): boolean {
  try {
    const { pid } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number };
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch {
    return false;
  }
}
