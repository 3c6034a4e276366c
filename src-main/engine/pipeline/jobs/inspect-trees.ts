/** The inspectTrees job: opens sealed trees and judges them. */
import type { JobTypes } from '../job-types.ts';
import { TreeInspection } from '../tree-inspection.ts';
import type { JobContext } from '../worker-thread.ts';

type InspectTrees = JobTypes['inspectTrees'];

export function inspectTrees(
  { trees }: InspectTrees['input'],
  { codec }: JobContext,
): InspectTrees['output'] {
  const inspection = new TreeInspection();
  for (const { bytes, uncompressedLength, id } of trees) {
    inspection.add(() => codec.open(bytes, uncompressedLength, id));
  }
  return inspection.finish();
}
