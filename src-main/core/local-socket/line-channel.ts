/**
 * A stream as a channel: one JSON text per line. Both sides run as the same person, but may be of different versions or
 * broken: what is no JSON, or longer than any message of ours, ends the connection.
 */
import type { Duplex } from 'node:stream';
import type { Channel } from '#contract/calls/channel.ts';
import { messageChannel } from '../message-channel.ts';

/** A choice of files for a restore is the largest message; it has at most 100 000 paths. */
const MOST_BYTES_IN_LINE = 64 << 20;
/** A side that no longer reads must not fill our memory. */
const MOST_BYTES_UNREAD = 128 << 20;
const LINE_FEED = 0x0a;

export function lineChannel(stream: Duplex, mostBytesInLine = MOST_BYTES_IN_LINE): Channel {
  let receive: (message: unknown) => void = () => undefined;
  /** Of a line that is not complete yet. Bytes, because a character may be cut in two. */
  let parts: Uint8Array[] = [];
  let partBytes = 0;

  stream.on('data', (chunk: Uint8Array) => {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      if (!take(chunk.subarray(start, end)) || !receiveLine()) return void stream.destroy();
      start = end + 1;
    }
    if (!take(chunk.subarray(start))) stream.destroy();
  });
  // The other side may have said all and still listen for answers; we do not need such callers.
  stream.on('end', () => stream.end());
  // Always followed by 'close', which says all there is to say.
  stream.on('error', () => undefined);

  function take(bytes: Uint8Array): boolean {
    partBytes += bytes.length;
    if (bytes.length > 0) parts.push(bytes);
    return partBytes <= mostBytesInLine;
  }

  function receiveLine(): boolean {
    const line = Buffer.concat(parts).toString('utf8');
    parts = [];
    partBytes = 0;
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      return false;
    }
    receive(message);
    return true;
  }

  return messageChannel({
    send(message) {
      if (!stream.writable) return;
      if (stream.writableLength > MOST_BYTES_UNREAD) stream.destroy();
      else stream.write(`${JSON.stringify(message)}\n`);
    },
    onMessage: (listener) => (receive = listener),
    onEnd: (listener) => void stream.once('close', listener),
    // What was sent before still goes out.
    end: () => void stream.end(),
  });
}
