/**
 * A repository behind restic's REST protocol: rest-server, or rclone in its place. Owns what the statuses mean and what a
 * save relies on, for strict servers (they refuse what exists and check what arrives) and lenient ones (they replace
 * anything) alike. After a failure that leaves open what happened, nothing is ever removed: the same bytes are sent again.
 * The connection is somebody else's (`RestServer`). Source: restic's REST backend documentation, and rest-server as it is.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '#base/clock.ts';
import { TidemarkError, isTidemarkError, throwIfCancelled } from '#base/errors.ts';
import type { BodyPart } from '#storage/http/body-collector.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from '#storage/http/http-client.ts';
import { aheadByDateMs } from '#storage/http/http-date.ts';
import { classifyStatus, notThere } from '#storage/http/http-errors.ts';
import { objectFolder, objectPath, refusesOverwrite } from '#storage/object-path.ts';
import type {
  ByteRange,
  Storage,
  StorageCapabilities,
  StorageEntry,
  StorageFileType,
} from '#storage/port.ts';
import { rangeInvalid } from '#storage/range-invalid.ts';
import { parseRestList, type ListedFile } from '#storage/rest/rest-list.ts';
import { SlotQueue } from '#storage/slot-queue.ts';

/** How the server is reached. */
export interface RestServer {
  /** For people. */
  readonly location: string;
  /** Absent where the server runs on this computer, and has no other time. */
  readonly clock?: Clock;
  /** @throws as the port's `open` */
  connect(signal: AbortSignal | undefined): Promise<HttpClient>;
  /** Chance to say more about a failure. */
  explain(error: TidemarkError): Promise<TidemarkError>;
  close(): Promise<void>;
}

const VERSION_2 = 'application/vnd.x.restic.rest.v2';

/** Files of a version 1 list whose size is asked for at once. */
const SIZES_AT_ONCE = 8;

export class RestStorage implements Storage {
  readonly #server: RestServer;
  /** It says of itself that it replaces what exists. */
  #isLenient = false;
  /** Of trials on a strict server, which takes a file only under the hash of its bytes. */
  readonly #trialIds = new Map<string, string>();

  constructor(server: RestServer) {
    this.#server = server;
  }

  get location(): string {
    return this.#server.location;
  }

  /** A lenient server is asked before a config or key is saved, which leaves a moment for a second creator. */
  get capabilities(): StorageCapabilities {
    return {
      refusesOverwrite: !this.#isLenient,
      freeSpaceKnown: false,
      emptyLooksMissing: this.#isLenient,
      readsWhileOpening: true,
      isFar: true,
    };
  }

  async create(signal?: AbortSignal): Promise<void> {
    const answer = await this.#ask({ method: 'POST', path: '?create=true', operation: 'create', signal });
    if (!isSuccess(answer)) throw await this.#refusal(answer, 'create');
  }

  async open(signal?: AbortSignal): Promise<void> {
    const config = await this.#ask({ method: 'HEAD', path: 'config', operation: 'open', signal });
    if (isSuccess(config)) return;
    if (!isMissing(config)) throw await this.#refusal(config, 'open');
    // Made, but not finished; a server that lists nothing where nothing is cannot be told from it.
    const keys = await this.#askList('key', 'open', signal);
    if (isMissing(keys)) throw notThere(this.location);
    if (!isSuccess(keys)) throw await this.#refusal(keys, 'open');
  }

  async save(type: StorageFileType, name: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    if (type === 'trial') this.#trialIds.set(name, sha256(bytes));
    const path = this.#path(type, name);
    if (refusesOverwrite(type)) return this.#saveOnce(type, name, bytes, signal);
    const answer = await this.#send(path, bytes, signal);
    if (isSuccess(answer)) return;
    // A strict server has something of that name, or it takes nothing from us.
    if (answer.status !== 403) throw await this.#saveRefusal(answer);
    const sizeBytes = await this.#sizeOf(type, name, signal);
    if (sizeBytes === bytes.length) return;
    if (sizeBytes === undefined) throw await this.#saveRefusal(answer);
    // Damaged: its name is the hash of our bytes, and it has other ones.
    try {
      await this.remove(type, name, signal);
    } catch (error) {
      throw isTidemarkError(error, 'storage.removalRefused') ? await this.#saveRefusal(answer) : error;
    }
    const second = await this.#send(path, bytes, signal);
    if (!isSuccess(second)) throw await this.#saveRefusal(second);
  }

  async load(
    type: StorageFileType,
    name: string,
    range?: ByteRange,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const path = this.#path(type, name);
    if (range !== undefined && (range.offset < 0 || range.length <= 0))
      return this.#loadNothing(type, name, range, signal);
    const answer = await this.#ask({
      method: 'GET',
      path,
      operation: 'load',
      signal,
      ...(range === undefined
        ? {}
        : {
            headers: { range: `bytes=${String(range.offset)}-${String(range.offset + range.length - 1)}` },
            choosePart: (status: number, headers: HttpAnswer['headers']) =>
              this.#partOf(range, status, headers) ?? refuse(rangeInvalid(type, name, range)),
          }),
    });
    if (isSuccess(answer)) return answer.body;
    if (isMissing(answer)) throw objectMissing(type, name);
    if (answer.status === 416 && range !== undefined) throw rangeInvalid(type, name, range);
    throw await this.#refusal(answer, 'load');
  }

  async list(type: StorageFileType, signal?: AbortSignal): Promise<readonly StorageEntry[]> {
    if (type === 'config' || type === 'trial') {
      const names = type === 'config' ? ['config'] : [...this.#trialIds.keys()];
      return this.#withSizes(
        type,
        names.map((name) => ({ name, sizeBytes: undefined })),
        signal,
      );
    }
    const answer = await this.#askList(type, 'list', signal);
    if (isMissing(answer)) return [];
    if (!isSuccess(answer)) throw await this.#refusal(answer, 'list');
    const files = parseRestList(answer.body, type);
    if (files === undefined) throw this.#failed('list', 'the answer is no list');
    return this.#withSizes(type, files, signal);
  }

  async stat(type: StorageFileType, name: string, signal?: AbortSignal): Promise<StorageEntry> {
    const sizeBytes = await this.#sizeOf(type, name, signal);
    if (sizeBytes === undefined) throw objectMissing(type, name);
    return { name, sizeBytes };
  }

  async remove(type: StorageFileType, name: string, signal?: AbortSignal): Promise<void> {
    const path = this.#path(type, name);
    const answer = await this.#ask({ method: 'DELETE', path, operation: 'remove', signal });
    if (isSuccess(answer) || isMissing(answer)) return;
    if (answer.status !== 403) throw await this.#refusal(answer, 'remove');
    const data = { location: this.location, keptUntil: null };
    throw new TidemarkError('storage.removalRefused', data, { retry: 'afterUser' });
  }

  /** The protocol does not tell. */
  async keptUntilMs(
    _type: StorageFileType,
    _name: string,
    signal?: AbortSignal,
  ): Promise<number | undefined> {
    throwIfCancelled(signal);
    return undefined;
  }

  async clockAheadMs(signal?: AbortSignal): Promise<number | undefined> {
    const { clock } = this.#server;
    throwIfCancelled(signal);
    if (clock === undefined) return undefined;
    const beforeMs = clock.nowMs();
    const { headers } = await this.#ask({ method: 'HEAD', path: 'config', operation: 'stat', signal });
    return aheadByDateMs(headers.date, beforeMs, clock.nowMs());
  }

  /** What a server keeps for itself while it receives is its own to remove. */
  async removeLeftovers(signal?: AbortSignal): Promise<number> {
    throwIfCancelled(signal);
    return 0;
  }

  async freeSpaceBytes(signal?: AbortSignal): Promise<number | undefined> {
    throwIfCancelled(signal);
    return undefined;
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  /** A config or key: asked for first, because a lenient server would replace it. */
  async #saveOnce(
    type: StorageFileType,
    name: string,
    bytes: Uint8Array,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const exists = async (): Promise<boolean> => (await this.#sizeOf(type, name, signal)) !== undefined;
    if (await exists()) throw new TidemarkError('storage.alreadyExists', { kind: type, name });
    const answer = await this.#send(this.#path(type, name), bytes, signal);
    if (isSuccess(answer)) return;
    if (answer.status === 403 && (await exists()))
      throw new TidemarkError('storage.alreadyExists', { kind: type, name });
    throw await this.#saveRefusal(answer);
  }

  /** The server cuts packs into folders by itself. @throws internal.invariantBroken as `objectPath` */
  #path(type: StorageFileType, name: string): string {
    const path = objectPath(type, name);
    if (type === 'config') return path;
    if (type !== 'trial') return `${objectFolder(type)}/${name}`;
    // A name that was never saved belongs to no file.
    return this.#isLenient ? path : `data/${this.#trialIds.get(name) ?? sha256(Buffer.from(name))}`;
  }

  #send(path: string, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    const headers = { 'content-type': 'application/octet-stream' };
    return this.#ask({ method: 'POST', path, operation: 'save', headers, body: bytes, signal });
  }

  async #ask(request: HttpRequest): Promise<HttpAnswer> {
    throwIfCancelled(request.signal);
    try {
      const client = await this.#server.connect(request.signal);
      const answer = await client.request(request);
      if (String(answer.headers['server']).startsWith('rclone')) this.#isLenient = true;
      return answer;
    } catch (error) {
      throw isTidemarkError(error) ? await this.#server.explain(error) : error;
    }
  }

  #askList(type: StorageFileType, operation: string, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    const headers = { accept: VERSION_2 };
    return this.#ask({ method: 'GET', path: `${objectFolder(type)}/`, operation, headers, signal });
  }

  /** Undefined: there is none. */
  async #sizeOf(
    type: StorageFileType,
    name: string,
    signal: AbortSignal | undefined,
  ): Promise<number | undefined> {
    const answer = await this.#ask({
      method: 'HEAD',
      path: this.#path(type, name),
      operation: 'stat',
      signal,
    });
    if (isMissing(answer)) return undefined;
    if (!isSuccess(answer)) throw await this.#refusal(answer, 'stat');
    const sizeBytes = Number(answer.headers['content-length'] ?? Number.NaN);
    if (!Number.isSafeInteger(sizeBytes)) throw this.#failed('stat', 'the answer tells no size');
    return sizeBytes;
  }

  /** A range without bytes cannot be asked for, but it may be invalid all the same. */
  async #loadNothing(
    type: StorageFileType,
    name: string,
    range: ByteRange,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { sizeBytes } = await this.stat(type, name, signal);
    if (range.offset < 0 || range.length < 0 || range.offset > sizeBytes)
      throw rangeInvalid(type, name, range);
    return new Uint8Array(0);
  }

  /** Which part of the answer is the range; undefined: the file ends before. @throws storage.ioFailed for another range */
  #partOf(range: ByteRange, status: number, headers: HttpAnswer['headers']): BodyPart | undefined {
    const { offset, length } = range;
    if (status !== 206) {
      // The whole file, from a server without ranges, or because it is empty.
      const size = headers['content-length'];
      if (size === undefined || offset + length > Number(size)) return undefined;
      return { skip: offset, length };
    }
    const [, first, , total] = /^bytes (\d+)-(-?\d+)\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
    if (total !== undefined && total !== '*' && offset + length > Number(total)) return undefined;
    if (first !== undefined && Number(first) !== offset)
      throw this.#failed('load', 'the answer is another range');
    return { skip: 0, length };
  }

  async #withSizes(
    type: StorageFileType,
    files: readonly ListedFile[],
    signal: AbortSignal | undefined,
  ): Promise<StorageEntry[]> {
    const slots = new SlotQueue(SIZES_AT_ONCE);
    const entries = await Promise.all(
      files.map(async ({ name, sizeBytes }) => {
        const size = sizeBytes ?? (await slots.run(() => this.#sizeOf(type, name, signal), signal));
        // Removed since it was listed.
        return size === undefined ? [] : [{ name, sizeBytes: size }];
      }),
    );
    return entries.flat();
  }

  /** 400: what arrived is not what its name says, so it was garbled on the way. */
  async #saveRefusal(answer: HttpAnswer): Promise<TidemarkError> {
    if (answer.status === 400) return this.#failed('save', 'the file was garbled on its way');
    return this.#refusal(answer, 'save');
  }

  #refusal({ status, headers }: HttpAnswer, operation: string): Promise<TidemarkError> {
    const error = classifyStatus(status, headers, { location: this.location, operation });
    return this.#server.explain(error);
  }

  #failed(operation: string, reason: string): TidemarkError {
    const data = { location: this.location, operation, reason };
    return new TidemarkError('storage.ioFailed', data, { retry: 'later' });
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function isSuccess({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300;
}

function isMissing({ status }: HttpAnswer): boolean {
  return status === 404 || status === 410;
}

function refuse(error: TidemarkError): never {
  throw error;
}

function objectMissing(kind: StorageFileType, name: string): TidemarkError {
  return new TidemarkError('storage.objectMissing', { kind, name });
}
