/**
 * What is left out by a tick instead of a pattern. Each preset is a list of restic's patterns; the sentences that explain
 * them are the window's. Only what a computer makes again by itself, or what a person was asked about.
 */
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { EXCLUSION_PRESETS, type ExclusionPreset } from '#contract/app/values.ts';
import type { Plan } from '#services/state/plans-table.ts';

const PATTERNS: Readonly<Record<ExclusionPreset, readonly string[]>> = {
  caches: [
    '.cache',
    'Cache',
    'CacheStorage',
    'Code Cache',
    'GPUCache',
    '.thumbnails',
    '.Trash',
    '.Trash-*',
    'Library/Caches',
    '$RECYCLE.BIN',
    'System Volume Information',
    '*.tmp',
    '~$*',
    '.~lock.*#',
    'Thumbs.db',
    '.DS_Store',
  ],
  developerLeftovers: [
    'node_modules',
    '__pycache__',
    '.venv',
    '.tox',
    '.gradle',
    '.mypy_cache',
    '.pytest_cache',
    'target/debug',
    'target/release',
    '.next',
    '.nuxt',
    '.parcel-cache',
    '*.pyc',
    '*.o',
  ],
  virtualMachines: ['*.vmdk', '*.vdi', '*.vhd', '*.vhdx', '*.qcow2', '*.hdd', '*.avhdx', '*.iso'],
  downloads: ['Downloads'],
};

/** What a new plan leaves out. */
export const DEFAULT_PRESETS: readonly ExclusionPreset[] = ['caches'];

export function presetPatterns(preset: ExclusionPreset): ByteString[] {
  return PATTERNS[preset].map(textToByteString);
}

/** All patterns of a plan, the person's own last: a later one may take something back in (`!pattern`). */
export function excludePatternsOf({ exclusions }: Pick<Plan, 'exclusions'>): ByteString[] {
  const chosen = EXCLUSION_PRESETS.filter((preset) => exclusions.presets.includes(preset));
  return [...chosen.flatMap(presetPatterns), ...exclusions.patterns];
}
