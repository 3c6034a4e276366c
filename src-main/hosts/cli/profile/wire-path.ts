/** Paths between the command line, where they are bytes, and the calls, where they are text or base64. */
import path from 'node:path';
import { textToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import { bytesInJson, type WirePath } from '#contract/app/values.ts';
import { formatName } from '../format-values.ts';

export function toWire(bytes: ByteString): WirePath {
  return bytesInJson.encode(bytes);
}

/** As typed, made absolute: the core works in another folder. */
export function absoluteToWire(argument: string): WirePath {
  return toWire(path.resolve(textToByteString(process.cwd()), argument) as ByteString);
}

/** Harmless on a terminal. */
export function pathText(wire: WirePath): string {
  return formatName(toDisplay(bytesInJson.decode(wire)));
}
