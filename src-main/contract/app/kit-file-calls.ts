/**
 * The recovery kit as a file, saved where a dialog of the system says; only where a host has one. The page never names a path:
 * it is told what the core thinks of the one that was chosen, and says whether it is to be that one.
 */
import { z } from 'zod';
import type { CallTable } from '#contract/calls/call-table.ts';

/** What such a page would be lost with, or found with. */
export const KIT_FILE_RISKS = [
  /** In a folder that is copied: locked in the copies that it opens. */
  'protectedFolder',
  /** In a backup place: whoever has the copies has what opens them. */
  'backupPlace',
  /** On a disk with what is protected. */
  'sameDisk',
] as const;

export const chosenKitFile = z.strictObject({
  /** For `kit.saveFile`; only the one that was chosen last is known, until it is saved. */
  choiceId: z.string(),
  /** Absolute, for the eye. */
  label: z.string(),
  /** The worst first; empty: a good choice. `name` of the folder or place; empty for a disk. */
  risks: z.array(z.strictObject({ kind: z.enum(KIT_FILE_RISKS), name: z.string() })),
});

/** Several times what a page takes. */
const MOST_BYTES = 4_000_000;

export const kitFileCalls = {
  /** Null: the person chose none, or this host has no dialog. @param name proposed */
  'kit.chooseFile': {
    kind: 'query',
    input: z.strictObject({ name: z.string().min(1).max(200) }),
    output: chosenKitFile.nullable(),
  },
  /** Owner-only, whole or not at all. @throws request.notFound, files.targetNotWritable, files.noSpace */
  'kit.saveFile': {
    kind: 'command',
    input: z.strictObject({ choiceId: z.string(), base64: z.base64().max((MOST_BYTES * 4) / 3) }),
    output: z.void(),
  },
} as const satisfies CallTable;
