/**
 * Compiles src-main/wasm (AssemblyScript) into assets/wasm/kernels.wasm. Runs on Node 20 and newer.
 * The module imports nothing and has no run-time: its host hands out the memory.
 */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
await mkdir(new URL('../assets/wasm/', import.meta.url), { recursive: true });

const { error, stdout, stderr } = await asc.main([
  'src-main/wasm/kernels.ts',
  '--baseDir',
  root,
  '--outFile',
  'assets/wasm/kernels.wasm',
  '-O3',
  '--converge',
  '--noAssert',
  '--runtime',
  'stub',
  '--enable',
  'simd',
  // Without a place for messages in linear memory, a failed check is a plain trap.
  '--use',
  'abort=',
]);
process.stdout.write(stdout.toString());
process.stderr.write(stderr.toString());
if (error) process.exitCode = 1;
