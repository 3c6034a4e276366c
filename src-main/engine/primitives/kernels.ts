/**
 * One instance of the WebAssembly kernels and the memory they work on. Owns loading and the hand-out of memory; what the
 * kernels compute is in src-main/wasm.
 * Memory is handed out for the life of the instance and never moved. A region that is asked for but not written costs
 * address space only, so ask for the largest size at once. An instance belongs to one thread and is not re-entrant.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A piece of the kernels' memory. */
export interface WasmRegion {
  /** Address of the first byte; kernels take addresses. */
  readonly pointer: number;
  readonly length: number;
  /** The region as bytes. Ask again after anything that may allocate: growing the memory detaches older views. */
  bytes(): Uint8Array;
}

export interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Memory for the life of the instance, 64-byte aligned, zeroed. */
  allocate(length: number): WasmRegion;
  /** Address of a view that lies in this instance's memory, -1 for any other. */
  addressOf(view: Uint8Array): number;
  /** Tables of the chunker's polynomial; does nothing when they are in place. */
  usePolynomial(polynomial: bigint): void;
  /** First address p in (from, to] where the window of the 64 bytes before p demands a cut; 0 when there is none. */
  scan(from: number, to: number): number;
  /** Starts a Poly1305 message under the 32-byte one-time key at `key`. */
  polyBegin(key: number): void;
  polyUpdate(at: number, length: number): void;
  /** Writes the 16-byte tag. */
  polyFinish(out: number): void;
  /** `count` values of the 16-byte big-endian counter that starts as the block at `nonce`. */
  counterBlocks(out: number, nonce: number, count: number): void;
  xor(out: number, a: number, b: number, length: number): void;
}

interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  heapBase(): number;
  setPolynomial(polynomial: bigint): void;
  scan(from: number, to: number): number;
  polyBegin(key: number): void;
  polyUpdate(at: number, length: number): void;
  polyFinish(out: number): void;
  counterBlocks(out: number, nonce: number, count: number): void;
  xor(out: number, a: number, b: number, length: number): void;
}

/** The little of the WebAssembly global that is used: it is neither in ES nor in Node's type declarations. */
interface WebAssemblyGlobal {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

const PAGE_BYTES = 65_536;
const ALIGNMENT = 64;

/** assets/wasm/kernels.wasm of the package that this code is in, from the sources and from a bundle in dist/ alike. */
export function kernelsPath(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, 'assets', 'wasm', 'kernels.wasm');
}

/**
 * Compiles and instantiates the kernels; a few milliseconds, so once per thread.
 * @throws Error of node:fs when the module has not been built (`npm run build:wasm`).
 */
export function createKernels(): Kernels {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyGlobal };
  const module = new WebAssembly.Module(readFileSync(kernelsPath()));
  const wasm = new WebAssembly.Instance(module).exports as KernelExports;
  const { memory } = wasm;
  let top = wasm.heapBase();
  let polynomialInUse = 0n;

  function allocate(length: number): WasmRegion {
    const pointer = Math.ceil(top / ALIGNMENT) * ALIGNMENT;
    const missing = pointer + length - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    top = pointer + length;
    let view = new Uint8Array(memory.buffer, pointer, length);
    return {
      pointer,
      length,
      bytes: () => {
        if (view.buffer !== memory.buffer) view = new Uint8Array(memory.buffer, pointer, length);
        return view;
      },
    };
  }

  return {
    memory,
    allocate,
    addressOf: (view) => (view.buffer === memory.buffer ? view.byteOffset : -1),
    usePolynomial: (polynomial) => {
      if (polynomial !== polynomialInUse) wasm.setPolynomial(polynomial);
      polynomialInUse = polynomial;
    },
    scan: wasm.scan,
    polyBegin: wasm.polyBegin,
    polyUpdate: wasm.polyUpdate,
    polyFinish: wasm.polyFinish,
    counterBlocks: wasm.counterBlocks,
    xor: wasm.xor,
  };
}
