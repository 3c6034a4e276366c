/**
 * What a bench run found, as `--json` writes it and the tables are made from. Plain data; times in milliseconds,
 * sizes in bytes, no path of the machine in it, so that it may be published.
 */

/** One run of one program, from its start to its end. */
export interface Measurement {
  readonly wallMs: number;
  /** User and system time of the process and its descendants. */
  readonly processorMs: number;
  /** Largest resident memory (RSS) of the process tree. */
  readonly peakBytes: number;
}

export type ComparisonId =
  | 'first-small'
  | 'unchanged'
  | 'one-changed'
  | 'one-told'
  | 'restore'
  | 'check'
  | 'first-large'
  | 'prune'
  | 'copy'
  | `${'first' | 'unchanged' | 'restore'}-${FarKind}`;

/** Kinds of places behind a network. */
export type FarKind = 'sftp' | 'rest' | 's3' | 'rclone';

/** The same work by both programs, run alternately. */
export interface Comparison {
  readonly id: ComparisonId;
  readonly title: string;
  readonly ours: readonly Measurement[];
  readonly restics: readonly Measurement[];
}

/** Bytes of all files of a repository after one backup. */
export interface SizeComparison {
  readonly title: string;
  readonly sourceBytes: number;
  readonly ourBytes: number;
  readonly resticBytes: number;
}

export interface IndexResult {
  readonly blobs: number;
  /** Reading, opening and parsing all index files; without deriving the key. */
  readonly openMs: number;
  /** Mean of a look-up of known blobs, or of unknown ones: the slower. */
  readonly lookupNs: number;
  /** Growth of the heap and of the buffers by the loaded index, garbage collected. */
  readonly bytesPerBlob: number;
  readonly peakBytes: number;
}

/**
 * Times of many questions. Where other programs hold the machine, the processor time counts: the lesser of both.
 */
export interface Times {
  readonly medianMs: number;
  readonly worstMs: number;
}

export interface CatalogueResult {
  readonly files: number;
  readonly points: number;
  /** Distinct ones, of files. */
  readonly versions: number;
  readonly bytesPerVersion: number;
  readonly fileBytes: number;
  readonly firstPointMs: number;
  /** Each with three of 10 000 files changed. */
  readonly nextPoint: Times;
  readonly saveMs: number;
  readonly openMs: number;
  readonly openFolder: Times;
  readonly strip: Times;
  readonly heat: Times;
  readonly jump: Times;
  readonly firstResult: Times;
  readonly wholeSearch: Times;
  /** Between the last two points, and between the first and the last. */
  readonly nearDifferenceMs: number;
  readonly farDifferenceMs: number;
  /** When all was asked; and the most while it was made, saved and opened. */
  readonly residentBytes: number;
  readonly peakBytes: number;
}

/** Of the window in a browser on this machine. */
export interface WindowResult {
  /** In the one folder that is opened. */
  readonly files: number;
  readonly points: number;
  /** Scripts, styles and type faces that the first page loads. */
  readonly startBytes: number;
  /** From the address to the first thing drawn, and to the sentence of the overview. */
  readonly firstPaintMs: number;
  readonly overviewMs: number;
  /** From the click to the first rows of the folder. */
  readonly folderMs: number;
  /** Between two frames while the playhead is dragged. */
  readonly frame: Times;
  readonly heapBytes: number;
}

export interface MillionStep {
  readonly title: string;
  readonly measurement: Measurement;
}

export interface MillionResult {
  readonly files: number;
  readonly steps: readonly MillionStep[];
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly fileSystem: string;
  /** Processes that wanted to run in the last minute when the bench began: noise. */
  readonly loadBefore: number;
}

export interface BenchResult {
  /** ISO text. */
  readonly takenAt: string;
  /** Version and commit, `+` when the checkout has changes. */
  readonly tidemark: string;
  readonly restic: string;
  readonly runs: number;
  readonly machine: Machine;
  readonly comparisons: readonly Comparison[];
  readonly sizes: readonly SizeComparison[];
  readonly index?: IndexResult;
  readonly catalogue?: CatalogueResult;
  readonly window?: WindowResult;
  readonly million?: MillionResult;
}
