/** Lets few of many questions go at once: each walks through a part of the disk. Those that are no longer wanted are dropped. */

const AT_ONCE = 2;
const waiting: (() => void)[] = [];
let going = 0;

export async function inTurn<Value>(signal: AbortSignal, ask: () => Promise<Value>): Promise<Value> {
  if (going >= AT_ONCE) await new Promise<void>((resolve) => void waiting.push(resolve));
  going++;
  try {
    signal.throwIfAborted();
    return await ask();
  } finally {
    going--;
    waiting.shift()?.();
  }
}
