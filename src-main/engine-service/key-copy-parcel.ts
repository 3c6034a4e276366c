/** Config and keys between the bytes that a place has and the base64 that travels and is kept. */
import type { KeyCopy } from '#contract/engine/engine-values.ts';
import type { ConfigAndKeys } from '#operations/config-and-keys/export.ts';

export function toCopy({ repositoryId, files }: ConfigAndKeys): KeyCopy {
  const [config, ...keys] = files;
  return {
    repositoryId,
    config: toBase64(config!.bytes),
    keys: keys.map(({ name, bytes }) => ({ id: name, bytes: toBase64(bytes) })),
  };
}

export function fromCopy({ repositoryId, config, keys }: KeyCopy): ConfigAndKeys {
  return {
    repositoryId,
    files: [
      { kind: 'config', name: 'config', bytes: fromBase64(config) },
      ...keys.map(({ id, bytes }) => ({ kind: 'key' as const, name: id, bytes: fromBase64(bytes) })),
    ],
  };
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

export function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
