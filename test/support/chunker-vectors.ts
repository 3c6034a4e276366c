/** The chunk boundaries that restic itself produced, and the inputs they belong to. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

interface InputDescription {
  readonly kind: 'stream' | 'byte' | 'period';
  readonly length: number;
  readonly byte?: number;
  readonly period?: number;
  readonly sha256: string;
}

interface VectorFile {
  readonly seed: string;
  readonly inputs: Readonly<Record<string, InputDescription>>;
  readonly vectors: readonly {
    readonly polynomial: string;
    readonly chunks: Readonly<Record<string, readonly (readonly [number, string])[]>>;
  }[];
}

export interface ChunkerVector {
  readonly polynomial: bigint;
  readonly input: string;
  /** Ends of the chunks. */
  readonly cuts: readonly number[];
  /** Hex SHA-256 of each chunk. */
  readonly ids: readonly string[];
}

const FILE = new URL('../fixtures/format/chunker-vectors.json', import.meta.url);
const vectorFile = JSON.parse(readFileSync(FILE, 'utf8')) as VectorFile;

export function loadChunkerVectors(): ChunkerVector[] {
  return vectorFile.vectors.flatMap((vector) =>
    Object.entries(vector.chunks).map(([input, chunks]) => {
      let end = 0;
      return {
        polynomial: BigInt(`0x${vector.polynomial}`),
        input,
        cuts: chunks.map(([length]) => (end += length)),
        ids: chunks.map(([, id]) => id),
      };
    }),
  );
}

const inputBytes = new Map<string, Uint8Array>();

/** @throws Error when the bytes made here are not those the vectors were made from. */
export function chunkerInput(name: string): Uint8Array {
  const known = inputBytes.get(name);
  if (known !== undefined) return known;
  const input = vectorFile.inputs[name];
  if (input === undefined) throw new Error(`no such chunker input: ${name}`);
  const bytes = makeInput(input);
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (digest !== input.sha256) throw new Error(`chunker input ${name} differs from its description`);
  inputBytes.set(name, bytes);
  return bytes;
}

function makeInput(input: InputDescription): Uint8Array {
  if (input.kind === 'stream') return pseudoRandomBytes(vectorFile.seed, input.length);
  if (input.kind === 'byte') return new Uint8Array(input.length).fill(input.byte ?? 0);
  const period = pseudoRandomBytes(vectorFile.seed, input.period ?? 1);
  const bytes = new Uint8Array(input.length);
  for (let offset = 0; offset < bytes.length; offset += period.length) {
    bytes.set(period.subarray(0, bytes.length - offset), offset);
  }
  return bytes;
}

/** The stream of the fixtures' README: SHA256(seed || be64(0)) || SHA256(seed || be64(1)) || ... */
export function pseudoRandomBytes(seed: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const counter = Buffer.alloc(8);
  for (let offset = 0, block = 0n; offset < length; offset += 32, block++) {
    counter.writeBigUInt64BE(block);
    const hash = createHash('sha256').update(seed, 'ascii').update(counter).digest();
    bytes.set(hash.subarray(0, length - offset), offset);
  }
  return bytes;
}
