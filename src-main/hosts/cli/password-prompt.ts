/**
 * A question on the terminal whose answer does not show. Puts the terminal back as it was however it ends.
 * Enter ends the answer; Backspace, Ctrl-U and Ctrl-W correct it; Ctrl-C cancels; Ctrl-D with nothing typed gives up.
 */
import type { ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import type { CliHost } from './cli-host.ts';

const CTRL_C = 0x03;
const CTRL_D = 0x04;
const BACKSPACE = 0x08;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const CTRL_U = 0x15;
const CTRL_W = 0x17;
const DELETE = 0x7f;

/**
 * The bytes typed. Needs a terminal on standard input.
 * @throws job.cancelled after Ctrl-C or when the signal fires, repository.noPassword at the end of input
 */
export async function promptForPassword(
  host: CliHost,
  question: string,
  signal: AbortSignal,
): Promise<ByteString> {
  const { stdin, stderr } = host;
  if (signal.aborted) throw new TidemarkError('job.cancelled', {});
  // Before the question: whoever types at once must not see it either.
  stdin.setRawMode(true);
  stderr.write(question);
  try {
    return await readAnswer(stdin, signal);
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}

function readAnswer(stdin: NodeJS.ReadStream, signal: AbortSignal): Promise<ByteString> {
  return new Promise((resolve, reject) => {
    let typed = '';
    const finish = (settle: () => void): void => {
      stdin.off('data', onData);
      stdin.off('end', onEnd);
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const onAbort = (): void => finish(() => reject(new TidemarkError('job.cancelled', {})));
    const onEnd = (): void => finish(() => reject(new TidemarkError('repository.noPassword', {})));
    const onData = (chunk: Uint8Array): void => {
      for (let index = 0; index < chunk.length; index++) {
        const byte = chunk[index] as number;
        if (byte === CTRL_C) return onAbort();
        if (byte === CARRIAGE_RETURN || byte === LINE_FEED) {
          // What was typed ahead answers the next question.
          const ahead = chunk.subarray(index + 1);
          finish(() => resolve(typed as ByteString));
          if (ahead.length > 0) stdin.unshift(Buffer.from(ahead));
          return;
        }
        if (byte === CTRL_D) {
          if (typed === '') return onEnd();
        } else if (byte === BACKSPACE || byte === DELETE) {
          // One character: a leading byte and its continuation bytes.
          typed = typed.replace(/[^\x80-\xbf]?[\x80-\xbf]*$/, '');
        } else if (byte === CTRL_U) typed = '';
        else if (byte === CTRL_W) typed = typed.replace(/\S*\s*$/, '');
        else typed += String.fromCharCode(byte);
      }
    };
    stdin.on('data', onData);
    stdin.on('end', onEnd);
    signal.addEventListener('abort', onAbort, { once: true });
    stdin.resume();
  });
}
