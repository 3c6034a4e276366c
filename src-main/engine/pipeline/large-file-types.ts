/**
 * Jobs on one large file, so that several threads share it: one finds where its chunks end, window by window, the
 * chunks of each window go to whichever thread is free, and at last its node is made. Each job opens the file anew and goes
 * on only if it is still the version that the first one saw.
 */
import type { FileStat } from '#files/port.ts';
import type { StoredCounts } from './job-types.ts';
import type { ScanSettings } from './scan-settings.ts';
import type { FileToRead, ReadFile } from './scan-types.ts';

/** The file is no longer what it was, or cannot be read: whoever asked begins anew in another way. */
export interface FileNotAsSeen {
  readonly kind: 'notAsSeen';
}

export interface CutWindow {
  readonly kind: 'cut';
  readonly stat: FileStat;
  /** Bytes of each chunk, the first one beginning at `from`. */
  readonly lengths: Uint32Array;
  /** Nothing follows. */
  readonly isEnd: boolean;
}

export interface StoredChunks {
  readonly kind: 'stored';
  /** 32 bytes per chunk. */
  readonly ids: Uint8Array;
  readonly stored: StoredCounts;
}

export interface LargeFileJobTypes {
  cutFile: {
    /** `from`: where a chunk begins. `seen` is absent in the first window. */
    input: { readonly file: FileToRead; readonly from: number; readonly seen: FileStat | undefined };
    output: CutWindow | FileNotAsSeen;
  };
  /** The chunks' sum is at most one chunk of the greatest size. */
  storeChunks: {
    input: {
      readonly file: FileToRead;
      readonly from: number;
      readonly lengths: Uint32Array;
      readonly seen: FileStat;
    };
    output: StoredChunks | FileNotAsSeen;
  };
  finishFile: {
    input: {
      readonly file: FileToRead;
      readonly seen: FileStat;
      /** Of all chunks, 32 bytes each. */
      readonly contentIds: Uint8Array;
      readonly settings: ScanSettings;
    };
    output: ReadFile | FileNotAsSeen;
  };
}
