import { describe, expect, test } from 'vitest';
import { measureProcess, type ProgramRun } from '#test/bench/measure-process.ts';

const never = new AbortController().signal;
const BLOCK_BYTES = 150e6;
const HOLD_BLOCK = `const block = Buffer.alloc(${BLOCK_BYTES}, 1); setTimeout(() => block.length, 400);`;

function node(script: string): ProgramRun {
  return { program: process.execPath, args: ['-e', script], env: process.env };
}

const isLinux = process.platform === 'linux';

describe.skipIf(!isLinux)(`measuring a process${isLinux ? '' : ' (skipped: no /proc)'}`, () => {
  test('its memory, though it is held only shortly', async () => {
    const small = await measureProcess(node(`setTimeout(() => 0, 300)`), never);
    const large = await measureProcess(node(HOLD_BLOCK), never);
    expect(large.peakBytes - small.peakBytes).toBeGreaterThan(0.8 * BLOCK_BYTES);
    expect(large.peakBytes - small.peakBytes).toBeLessThan(1.5 * BLOCK_BYTES);
  });

  test('memory and processor time of what it starts', async () => {
    const nested = (inner: string): ProgramRun =>
      node(`require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(inner)}])`);
    const quiet = await measureProcess(nested('setTimeout(() => 0, 400)'), never);
    const holding = await measureProcess(nested(HOLD_BLOCK), never);
    expect(holding.peakBytes - quiet.peakBytes).toBeGreaterThan(0.8 * BLOCK_BYTES);
    const busy = await measureProcess(
      nested('while (process.cpuUsage().user + process.cpuUsage().system < 500_000);'),
      never,
    );
    expect(busy.processorMs).toBeGreaterThan(450);
  });

  test('a failure tells what was said', async () => {
    const run = node(`console.error('no such thing'); process.exitCode = 3`);
    await expect(measureProcess(run, never)).rejects.toThrow(/ended with 3:\nno such thing/);
  });

  test('a program that is not there', async () => {
    const run = { program: '/no/such/program', args: [], env: {} };
    await expect(measureProcess(run, never)).rejects.toThrow(/ENOENT/);
  });

  test('an interrupt ends it', async () => {
    const control = new AbortController();
    const running = measureProcess(node('setInterval(() => 0, 1000)'), control.signal);
    control.abort();
    await expect(running).rejects.toThrow(/abort/);
  });
});
