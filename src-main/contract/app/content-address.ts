/**
 * The address of the contents of one file of one version: `/content/PLACE/SNAPSHOT/PATH/NAME`, the path in base64url because
 * it is bytes. The name is what people and file managers see at the end of it, and nothing is decided by it. An address
 * says which file; whether it is there, and may be had, the core says. Both hosts serve it, beside the pages.
 */
import { pathBytes, safeFileName } from './file-name.ts';
import type { WirePath } from './values.ts';

export interface ContentOf {
  readonly placeId: string;
  readonly snapshotId: string;
  readonly path: WirePath;
}

export const CONTENT_ROOT = '/content/';

const FORM = /^\/content\/([^/?#]+)\/([0-9a-f]{64})\/([A-Za-z0-9_-]+)\/[^/?#]+$/;

export function contentAddress({ placeId, snapshotId, path }: ContentOf): string {
  const name = encodeURIComponent(safeFileName(path));
  return `${CONTENT_ROOT}${encodeURIComponent(placeId)}/${snapshotId}/${toBase64Url(pathBytes(path))}/${name}`;
}

/** @param address without what stands behind `?`. @returns undefined: it is none */
export function readContentAddress(address: string): ContentOf | undefined {
  const [, place, snapshotId, path] = FORM.exec(address) ?? [];
  if (place === undefined || snapshotId === undefined || path === undefined) return undefined;
  try {
    const base64 = path.replaceAll('-', '+').replaceAll('_', '/');
    // One writing for each path: padded as the contract has it.
    const padded = base64.padEnd(Math.ceil(base64.length / 4) * 4, '=');
    if (btoa(atob(padded)) !== padded) return undefined;
    return { placeId: decodeURIComponent(place), snapshotId, path: { base64: padded } };
  } catch {
    // No base64, or signs that are no text.
    return undefined;
  }
}

function toBase64Url(bytes: Uint8Array): string {
  const signs = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(signs).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
