/**
 * What the format layer throws when bytes are not what they should be. The layer does not know which file or blob
 * the bytes came from; the caller does, and wraps this once into the TidemarkError with the right code
 * (`integrity.treeCorrupt`, `repository.keyInvalid` ...), giving `message` as its reason.
 */
export class FormatError extends Error {
  override readonly name: string = 'FormatError';
}

/** The MAC does not fit: damaged bytes, or another key. For a key file it means a wrong password. */
export class SealBroken extends FormatError {
  override readonly name = 'SealBroken';
}
