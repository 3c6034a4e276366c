/** Kinds of sound and video by the end of a name: what a preview plays, and what contents are called when they are served. */
import { safeFileName } from './file-name.ts';
import type { WirePath } from './values.ts';

export const MEDIA_TYPES: Readonly<Record<string, string>> = {
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  aac: 'audio/aac',
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  oga: 'audio/ogg',
  opus: 'audio/ogg',
  flac: 'audio/flac',
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  mov: 'video/mp4',
  webm: 'video/webm',
  ogv: 'video/ogg',
  mkv: 'video/webm',
};

/** Undefined: neither sound nor video. */
export function mediaTypeOf(path: WirePath): string | undefined {
  const name = safeFileName(path);
  const ext = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return Object.hasOwn(MEDIA_TYPES, ext) ? MEDIA_TYPES[ext] : undefined;
}
