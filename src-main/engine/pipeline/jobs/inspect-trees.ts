/** The inspectTrees job: opens sealed trees, of the source where two repositories are at work, and judges them. */
import type { JobTypes } from '../job-types.ts';
import { TreeInspection } from '../tree-inspection.ts';
import type { JobContext } from '../worker-thread.ts';

type InspectTrees = JobTypes['inspectTrees'];

export function inspectTrees(
  { trees }: InspectTrees['input'],
  { sourceCodec }: JobContext,
): InspectTrees['output'] {
  const inspection = new TreeInspection();
  for (const { bytes, uncompressedLength, id } of trees) {
    inspection.add(() => sourceCodec.open(bytes, uncompressedLength, id));
  }
  return inspection.finish();
}
