/**
 * The requests that an S3 place answers, on Amazon's own library; the only file that imports it, and itself loaded only
 * when an S3 place is opened, because loading it takes a tenth of a second. Knows keys and bytes, nothing of repositories.
 * - One request per call, never repeated: who repeats is a decorator. So is how many run at once.
 * - Checksums only where S3 demands them (and MD5 on every upload): what the library would send of itself is refused by
 *   Cloudflare, Backblaze, older Ceph and Swift.
 * - Every upload is one PUT: packs have at most 128 MiB, a PUT is atomic, and an interrupted one leaves nothing to sweep.
 * - An answer that does not say what S3 answers say (a page of a proxy, say) is an error, never an empty list.
 */
import { createHash } from 'node:crypto';
import type { Agent } from 'node:http';
import type { Agent as TlsAgent } from 'node:https';
import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  type BucketLocationConstraint,
  DeleteObjectCommand,
  GetObjectLockConfigurationCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectsCommand,
  PutObjectCommand,
  S3Client,
  type StorageClass,
} from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { HttpLimits } from '#storage/http/http-client.ts';
import { loadTrust } from '#storage/http/http-trust.ts';
import { nodeHttp, nodeHttps } from '#storage/http/node-http.ts';
import type { OpenOptions } from '#storage/open-options.ts';
import type { S3Credentials } from '#storage/s3/s3-credentials.ts';
import type { S3KeySource } from '#storage/s3/s3-shared-keys.ts';
import { S3AnswerError } from '#storage/s3/s3-errors.ts';

/** Where S3 began; a bucket made there names no place. */
const DEFAULT_REGION = 'us-east-1';

export interface S3RequestSettings {
  /** Scheme, host and port. */
  readonly endpoint: string;
  readonly bucket: string;
  /** The bucket in the path instead of before the host's name. */
  readonly pathStyle: boolean;
  readonly region: string;
  /** Undefined: nobody signs anything. */
  readonly credentials: S3Credentials | S3KeySource | undefined;
  /** Lists as servers do that know the first way only. */
  readonly listsAsV1: boolean;
  /** Whom to trust, and where the variables about proxies are. */
  readonly env: OpenOptions['env'];
  readonly limits: HttpLimits;
}

export interface S3ListPage {
  readonly objects: readonly {
    readonly key: string;
    readonly sizeBytes: number;
    /** Undefined where the server does not say. */
    readonly changedAtMs: number | undefined;
  }[];
  readonly nextPage: string | undefined;
}

export interface S3PutOptions {
  /** Refuse to replace, where the server can. */
  readonly onlyNew?: boolean;
  /** Undefined: the bucket's own. */
  readonly storageClass: string | undefined;
}

export interface S3Range {
  readonly offset: number;
  readonly length: number;
}

/** The library asks for keys also where nothing is signed with them. */
const UNSIGNED = {
  credentials: { accessKeyId: '', secretAccessKey: '' },
  signer: { sign: async <T>(request: T): Promise<T> => request },
};

export class S3Requests {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #region: string;
  readonly #listsAsV1: boolean;

  constructor(settings: S3RequestSettings) {
    this.#bucket = settings.bucket;
    this.#region = settings.region;
    this.#listsAsV1 = settings.listsAsV1;
    this.#client = new S3Client({
      endpoint: settings.endpoint,
      region: settings.region,
      ...(settings.credentials === undefined ? UNSIGNED : { credentials: settings.credentials }),
      forcePathStyle: settings.pathStyle,
      maxAttempts: 1,
      // A clock that is wrong would write wrong dates into versions: it is told of instead.
      disableClockSkewCorrection: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      // Would cost each pack a round trip.
      expectContinueHeader: false,
      requestHandler: new NodeHttpHandler({
        connectionTimeout: settings.limits.connectMs,
        socketTimeout: settings.limits.stallMs,
        ...makeAgents(settings.env),
      }),
    });
  }

  /** @returns the version's id in a bucket that keeps versions */
  async putObject(
    key: string,
    bytes: Uint8Array,
    { onlyNew = false, storageClass }: S3PutOptions,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const answer = await this.#client.send(
      new PutObjectCommand({
        Bucket: this.#bucket,
        Key: key,
        Body: body,
        ContentLength: body.length,
        ContentMD5: createHash('md5').update(body).digest('base64'),
        ...(onlyNew ? { IfNoneMatch: '*' } : {}),
        ...(storageClass === undefined ? {} : { StorageClass: storageClass as StorageClass }),
      }),
      { abortSignal: signal },
    );
    if (answer.ETag === undefined) throw new S3AnswerError('it does not confirm what it was sent');
    return answer.VersionId;
  }

  /** The whole object, or exactly the range; undefined when the object ends before the range does. */
  async getObject(
    key: string,
    range: S3Range | undefined,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const answer = await this.#client.send(
      new GetObjectCommand({
        Bucket: this.#bucket,
        Key: key,
        ...(range === undefined
          ? {}
          : { Range: `bytes=${String(range.offset)}-${String(range.offset + range.length - 1)}` }),
      }),
      { abortSignal: signal },
    );
    const body = answer.Body;
    if (!(body instanceof Readable)) throw new S3AnswerError('it sends no content');
    const length = answer.ContentLength;
    try {
      if (length === undefined) throw new S3AnswerError('it does not say how much it sends');
      if (range === undefined) return await readExactly(body, length);
      const sent = parseContentRange(answer.ContentRange);
      if (sent?.first !== range.offset) throw new S3AnswerError('it cannot send parts of files');
      if (sent.last - sent.first + 1 < range.length) return undefined;
      return await readExactly(body, range.length);
    } finally {
      // Nobody reads the rest; a connection with unread bytes is of no use any more.
      if (!body.readableEnded) body.destroy();
    }
  }

  async headObject(key: string, signal: AbortSignal): Promise<number> {
    const answer = await this.#client.send(new HeadObjectCommand({ Bucket: this.#bucket, Key: key }), {
      abortSignal: signal,
    });
    if (answer.ContentLength === undefined) throw new S3AnswerError('it does not say how long a file is');
    return answer.ContentLength;
  }

  /**
   * Without a version: in a bucket that keeps them a marker hides the object, which object lock always allows. With one: it
   * is gone for good, if the lock lets it.
   */
  async deleteObject(key: string, signal: AbortSignal, version?: string): Promise<void> {
    const named = version === undefined ? {} : { VersionId: version };
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key, ...named }), {
      abortSignal: signal,
    });
  }

  /** Until when the object's present version cannot be removed; undefined when it can, or when that is not told. */
  async retainedUntilMs(key: string, signal: AbortSignal): Promise<number | undefined> {
    const answer = await this.#client.send(new HeadObjectCommand({ Bucket: this.#bucket, Key: key }), {
      abortSignal: signal,
    });
    return answer.ObjectLockRetainUntilDate?.getTime();
  }

  /** Whether objects of the bucket can be locked. */
  async hasObjectLock(signal: AbortSignal): Promise<boolean> {
    const answer = await this.#client.send(new GetObjectLockConfigurationCommand({ Bucket: this.#bucket }), {
      abortSignal: signal,
    });
    return answer.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled';
  }

  /** The server's own time, from the date of an answer, whatever else that says. */
  async loadDate(key: string, signal: AbortSignal): Promise<string | undefined> {
    let date: string | undefined;
    const command = new HeadObjectCommand({ Bucket: this.#bucket, Key: key });
    command.middlewareStack.add(
      (next) => async (request) => {
        const result = await next(request);
        date = (result.response as { headers?: Readonly<Record<string, string>> }).headers?.['date'];
        return result;
      },
      // Inside of what makes errors of answers.
      { step: 'deserialize', priority: 'low' },
    );
    try {
      await this.#client.send(command, { abortSignal: signal });
    } catch (error) {
      if (date === undefined) throw error;
    }
    return date;
  }

  /** Up to 1000 objects. @param page what the page before gave as `nextPage` */
  async listPage(
    prefix: string,
    page: string | undefined,
    signal: AbortSignal,
    most = 1000,
  ): Promise<S3ListPage> {
    const answer = this.#listsAsV1
      ? await this.#listAsV1(prefix, page, signal, most)
      : await this.#client.send(
          new ListObjectsV2Command({
            Bucket: this.#bucket,
            Prefix: prefix,
            MaxKeys: most,
            ...(page === undefined ? {} : { ContinuationToken: page }),
          }),
          { abortSignal: signal },
        );
    const nextPage = answer.IsTruncated === true ? answer.NextContinuationToken : undefined;
    const endless = answer.IsTruncated === true && (nextPage === undefined || nextPage === page);
    if (answer.IsTruncated === undefined || endless) {
      throw new S3AnswerError('it does not list files as S3 does');
    }
    const objects = (answer.Contents ?? []).map(({ Key: key, Size: sizeBytes, LastModified }) => {
      if (key === undefined || sizeBytes === undefined)
        throw new S3AnswerError('its list names no key or size');
      return { key, sizeBytes, changedAtMs: LastModified?.getTime() };
    });
    return { objects, nextPage };
  }

  /** The next page begins after the last name of this one. */
  async #listAsV1(prefix: string, page: string | undefined, signal: AbortSignal, most: number) {
    const answer = await this.#client.send(
      new ListObjectsCommand({
        Bucket: this.#bucket,
        Prefix: prefix,
        MaxKeys: most,
        ...(page === undefined ? {} : { Marker: page }),
      }),
      { abortSignal: signal },
    );
    const { Contents, IsTruncated, NextMarker } = answer;
    return { Contents, IsTruncated, NextContinuationToken: NextMarker ?? Contents?.at(-1)?.Key };
  }

  async createBucket(signal: AbortSignal): Promise<void> {
    const elsewhere = this.#region !== DEFAULT_REGION;
    await this.#client.send(
      new CreateBucketCommand({
        Bucket: this.#bucket,
        ...(elsewhere
          ? {
              CreateBucketConfiguration: { LocationConstraint: this.#region as BucketLocationConstraint },
            }
          : {}),
      }),
      { abortSignal: signal },
    );
  }

  close(): void {
    this.#client.destroy();
  }
}

function makeAgents(env: OpenOptions['env']): { httpAgent: Agent; httpsAgent: TlsAgent } {
  const common = { keepAlive: true, proxyEnv: { ...env } };
  return {
    httpAgent: new (nodeHttp().Agent)(common),
    httpsAgent: new (nodeHttps().Agent)({ ...common, ...loadTrust(env) }),
  };
}

/** `bytes 0-99/1234`. */
function parseContentRange(header: string | undefined): { first: number; last: number } | undefined {
  const match = /^bytes (\d+)-(\d+)\//.exec(header ?? '');
  return match === null ? undefined : { first: Number(match[1]), last: Number(match[2]) };
}

async function readExactly(body: Readable, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    if (filled + part.length > length) throw new S3AnswerError('it sends more than it announced');
    bytes.set(part, filled);
    filled += part.length;
  }
  if (filled < length) throw new S3AnswerError('it sends less than it announced');
  return bytes;
}
