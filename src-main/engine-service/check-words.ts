/** What a check finds, as sentences for people. Ids are shortened as in `tidemark snapshots`. */
import type { AffectedPath, CheckHint, CheckProblem } from '#operations/check/types.ts';

export function describeProblem(problem: CheckProblem): string {
  switch (problem.code) {
    case 'configDamaged':
      return `The repository's config is damaged (${problem.reason}).`;
    case 'keyDamaged':
      return `Key ${short(problem.keyId)} is damaged (${problem.reason}); its password no longer opens the repository.`;
    case 'indexDamaged':
      return `Index file ${short(problem.indexId)} is damaged (${problem.reason}).`;
    case 'packDescribedDifferently':
      return `Pack ${short(problem.packId)} is described differently by the index files ${problem.indexIds.map(short).join(', ')}.`;
    case 'packMissing':
      return `Pack ${short(problem.packId)} is missing; ${count(problem.blobCount, 'piece')} of data were in it.`;
    case 'packSizeDiffers':
      return `Pack ${short(problem.packId)} has ${problem.foundBytes} bytes instead of ${problem.expectedBytes}.`;
    case 'packUnreadable':
      return `Pack ${short(problem.packId)} cannot be read (${problem.reason}).`;
    case 'packDamaged':
      return `Pack ${short(problem.packId)} is damaged; ${count(problem.faultyBlobCount, 'piece')} of data in it cannot be trusted.`;
    case 'snapshotDamaged':
      return `Snapshot ${short(problem.snapshotId)} is damaged (${problem.reason}).`;
    case 'treeMissing':
      return `The list of a folder is missing (${short(problem.treeId)}).`;
    case 'treeDamaged':
      return problem.hasGoodCopy
        ? `The list of a folder is damaged in pack ${short(problem.packId)} (${problem.reason}); another copy of it is good.`
        : `The list of a folder is damaged in pack ${short(problem.packId)} (${problem.reason}).`;
    case 'nodeInvalid':
      return `The list of a folder (${short(problem.treeId)}) has an entry that is not valid: "${problem.name}" (${problem.fault}).`;
    case 'dataMissing':
      return `A piece of data is missing (${short(problem.blobId)}), needed in the folder ${short(problem.treeId)}.`;
  }
}

export function describeHint(hint: CheckHint): string {
  switch (hint.code) {
    case 'packInSeveralIndexes':
      return `Pack ${short(hint.packId)} is described by several index files, alike; harmless.`;
    case 'mixedPack':
      return `Pack ${short(hint.packId)} holds data and folders together, as old versions wrote; harmless.`;
    case 'packNotIndexed':
      return `Pack ${short(hint.packId)} is used by nothing, left by an interrupted run; harmless.`;
    case 'nodeOdd':
      return `The list of a folder (${short(hint.treeId)}) has an unusual entry: "${hint.name}" (${hint.fault}).`;
    case 'fileSizeDiffers':
      return `"${hint.name}" in folder ${short(hint.treeId)} is noted with ${hint.storedBytes} bytes and has ${hint.contentBytes}.`;
  }
}

export function describeAffected({ path, isFolder, snapshotIds }: AffectedPath): string {
  const what = isFolder ? 'Cannot be restored, with everything in it' : 'Cannot be restored whole';
  return `${what}: ${path} in ${snapshotIds.length === 1 ? 'snapshot' : 'snapshots'} ${snapshotIds.map(short).join(', ')}`;
}

function short(id: string): string {
  return id.slice(0, 8);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
