/**
 * The addresses of contents, which both hosts serve beside the pages. `/content/PLACE/SNAPSHOT/PATH/NAME`: one file of one
 * version, the path in base64url because it is bytes; with `?save` it is there to be saved, whatever it is. `/content/JOB/NAME`:
 * the zip file that a job `handOut` has got ready. The name is what people and file managers see at the end of it, and
 * nothing is decided by it. An address says which file; whether it is there, and may be had, the core says.
 */
import { pathBytes, safeFileName } from './file-name.ts';
import type { WirePath } from './values.ts';

export interface ContentOf {
  readonly placeId: string;
  readonly snapshotId: string;
  readonly path: WirePath;
}

export type AddressedContent =
  | { readonly kind: 'file'; readonly content: ContentOf; readonly isSaved: boolean }
  | { readonly kind: 'handOut'; readonly jobId: string };

export const CONTENT_ROOT = '/content/';

const FILE_FORM = /^\/content\/([^/?#]+)\/([0-9a-f]{64})\/([A-Za-z0-9_-]+)\/[^/?#]+$/;
const HAND_OUT_FORM = /^\/content\/([0-9a-f]{32})\/[^/?#]+$/;
const SAVE = 'save';

export function contentAddress({ placeId, snapshotId, path }: ContentOf): string {
  const name = encodeURIComponent(safeFileName(path));
  return `${CONTENT_ROOT}${encodeURIComponent(placeId)}/${snapshotId}/${toBase64Url(pathBytes(path))}/${name}`;
}

export function savingAddress(content: ContentOf): string {
  return `${contentAddress(content)}?${SAVE}`;
}

export function handOutAddress(jobId: string, name: string): string {
  return `${CONTENT_ROOT}${jobId}/${encodeURIComponent(safeFileName(name))}`;
}

/** @param whole with what stands behind `?`, which means nothing but `save`. @returns undefined: it is none */
export function readContentAddress(whole: string): AddressedContent | undefined {
  const [address = '', query] = whole.split('?', 2);
  const jobId = HAND_OUT_FORM.exec(address)?.[1];
  if (jobId !== undefined) return { kind: 'handOut', jobId };
  const [, place, snapshotId, path] = FILE_FORM.exec(address) ?? [];
  if (place === undefined || snapshotId === undefined || path === undefined) return undefined;
  try {
    const base64 = path.replaceAll('-', '+').replaceAll('_', '/');
    // One writing for each path: padded as the contract has it.
    const padded = base64.padEnd(Math.ceil(base64.length / 4) * 4, '=');
    if (btoa(atob(padded)) !== padded) return undefined;
    const content = { placeId: decodeURIComponent(place), snapshotId, path: { base64: padded } };
    return { kind: 'file', content, isSaved: query === SAVE };
  } catch {
    // No base64, or signs that are no text.
    return undefined;
  }
}

function toBase64Url(bytes: Uint8Array): string {
  const signs = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(signs).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
