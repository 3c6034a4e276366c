/** The `check` call: the structure of everything, and one part of the data, so that all of it is read in turns. */
import { TidemarkError } from '#base/errors.ts';
import type { CheckOutcome } from '#contract/engine/engine-values.ts';
import { executeCheck } from '#operations/check/execute.ts';
import type { CheckResult } from '#operations/check/types.ts';
import type { ReadDataSubset } from '#rules/read-data-subset.ts';
import { describeAffected, describeProblem } from './check-words.ts';
import type { EngineHandlers, EngineService } from './engine-service.ts';
import { JobTeller } from './job-teller.ts';

/** Packs are dealt out by the first byte of their ids. */
const MOST_PARTS = 256;
const MOST_ERRORS = 20;
const MOST_AFFECTED = 1_000;
const MOST_BROKEN_PACKS = 10_000;
const MOST_DAMAGED_VERSIONS = 1_000;

export function checkCalls(service: EngineService): Pick<EngineHandlers, 'check'> {
  return {
    async check({ access, part, of }, { signal, tell }) {
      const readData = partToRead(part, of);
      const teller = new JobTeller(tell, service.parts.clock);
      return service.withThreads(access, { signal, writes: 'check' }, async (repository, pipeline) => {
        const result = await executeCheck(
          { repository, pipeline },
          { readData, noLock: false },
          {
            onProgress: ({ stage, done, total, bytesDone, totalBytes }) =>
              teller.progress({
                filesDone: done,
                totalFiles: total,
                bytesDone,
                totalBytes: stage === 'data' ? totalBytes : null,
              }),
          },
          signal,
        );
        return toCheckOutcome(result);
      });
    },
  };
}

/** @throws request.invalidInput */
export function partToRead(part: number, of: number): 'all' | ReadDataSubset {
  if (of === 1 && part === 1) return 'all';
  if (part >= 1 && part <= of && of <= MOST_PARTS) return { kind: 'part', part, total: of };
  throw new TidemarkError('request.invalidInput', {
    what: `part ${part} of ${of}`,
    reason: `there can be at most ${MOST_PARTS} parts, counted from 1`,
  });
}

export function toCheckOutcome(result: CheckResult): CheckOutcome {
  const { errors, errorCount, affected, affectedCount, counts, brokenPacks } = result;
  return {
    brokenPacks: brokenPacks.slice(0, MOST_BROKEN_PACKS),
    errorCount,
    errors: [...errors.map(describeProblem), ...affected.map(describeAffected)].slice(0, MOST_ERRORS),
    affected: affected.slice(0, MOST_AFFECTED).map(({ path, snapshotIds }) => ({ path, snapshotIds })),
    affectedCount,
    damagedVersions: errors
      .flatMap((problem) => (problem.code === 'snapshotDamaged' ? [problem.snapshotId] : []))
      .slice(0, MOST_DAMAGED_VERSIONS),
    bytesRead: counts.packBytesRead,
  };
}
