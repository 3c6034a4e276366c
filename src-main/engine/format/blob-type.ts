/** The two kinds of blobs. The same id as data and as tree names two different blobs. */
export type BlobType = 'data' | 'tree';
