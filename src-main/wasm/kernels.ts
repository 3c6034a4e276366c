/**
 * The module's exports. The host owns linear memory from `heapBase` on and may place its read buffers there; everything
 * below holds tables and states.
 */
export { setPolynomial, scan } from './chunker';
export { polyBegin, polyUpdate, polyFinish } from './poly1305';
export { counterBlocks, xor } from './counter-mode';

export function heapBase(): usize {
  return __heap_base;
}
