/** English, for the command line and the window: both vocabularies. */
import { lowerFirst, megabytes, short, upperFirst } from '../text-parts.ts';
import type { ErrorTable } from '../text-tables.ts';
import { checkAdvice, listPaths, listShort, NOTHING_CHANGED, SAVED_IS_SAFE } from './error-words.ts';
import { storageErrors } from './storage-errors.ts';

export const errors = {
  'repository.notFound': ({ location }, words) => ({
    title: `There is no ${words.repository} at ${location}.`,
    safe: NOTHING_CHANGED,
    todo: `Check the path and that the drive is connected, or make a new ${words.repository} there first.`,
  }),
  'repository.alreadyExists': ({ location }, words) => ({
    title: `There is already a ${words.repository} at ${location}.`,
    safe: 'It was not touched.',
    todo: 'Use it with its password, or choose an empty folder.',
  }),
  'repository.versionUnsupported': ({ version }, words) => ({
    title: `The ${words.repository} has format version ${version}, which this program does not know.`,
    safe: NOTHING_CHANGED,
    todo: 'Update Tidemark, or open it with the program that wrote it.',
  }),
  'repository.configInvalid': ({ reason }, words) => ({
    title: `The settings stored in the ${words.repository} cannot be read (${reason}).`,
    safe: NOTHING_CHANGED,
    todo: 'Put back the file "config" from a copy of the place; without it nothing can be opened.',
  }),
  'repository.wrongPassword': ({ location }) => ({
    title: `The password does not open ${location}.`,
    safe: NOTHING_CHANGED,
    todo: 'Try again; capital letters and the keyboard layout count.',
  }),
  'repository.noPassword': (_data, words) => ({
    title: `A password is needed to open the ${words.repository}, and there is nobody to ask for it.`,
    safe: NOTHING_CHANGED,
    todo:
      words.typed('Give it with --password-file, --password-command or TIDEMARK_PASSWORD.') ||
      'Unlock it and try again.',
  }),
  'repository.secretNeeded': ({ location }, words) => ({
    title: `The key to the ${words.repository} at ${location} is not at hand: the keychain of this computer does not give it.`,
    safe: SAVED_IS_SAFE,
    todo: 'Unlock the keychain, or type the recovery code or the passphrase once.',
  }),
  'repository.locked': (data, words) => ({
    title: `The ${words.repository} is in use by ${data.username}@${data.hostname} (process ${data.pid}) since ${words.moment(data.since)}.`,
    safe: NOTHING_CHANGED,
    todo: data.stale
      ? `That program seems to be gone: ${words.unlock} and try again.`
      : `Wait until it is done and try again. If you know that it is not running any more, ${words.unlock}.`,
  }),
  'repository.lockLost': ({ reason }, words) => ({
    title: `The ${words.repository} could not be kept reserved (${reason}), so the work was stopped.`,
    safe: SAVED_IS_SAFE,
    todo: 'Start it again; it goes on from where it was.',
  }),
  'repository.keyInUse': ({ keyId }) => ({
    title: `The key ${short(keyId)} is the one you opened with, so it is not removed.`,
    safe: NOTHING_CHANGED,
    todo: 'Open with another password, then remove it.',
  }),
  'repository.keyInvalid': ({ keyId, reason }) => ({
    title: `The key ${short(keyId)} is damaged (${reason}).`,
    safe: NOTHING_CHANGED,
    todo: 'Open with another password, or put the key file back from a copy of the place.',
  }),
  'repository.tooManyKeys': ({ keyCount }, words) => ({
    title: `The ${words.repository} has ${keyCount} keys already; with more it would open slowly, and in the end not everywhere.`,
    safe: NOTHING_CHANGED,
    todo: 'Withdraw one that is not needed any more, then try again.',
  }),
  'repository.lastRecoveryKey': ({ keyId }, words) => ({
    title: `The key ${short(keyId)} is the last proven way in that a person keeps; without it perhaps only a computer could open the ${words.repository}.`,
    safe: NOTHING_CHANGED,
    todo: 'Make a new recovery code and prove it first, then withdraw this one.',
  }),
  'repository.ambiguousId': ({ prefix, kind }) => ({
    title: `More than one ${kind} begins with "${prefix}".`,
    safe: NOTHING_CHANGED,
    todo: 'Give more of its digits.',
  }),
  'repository.objectNotFound': ({ id, kind }) => ({
    title: `There is no ${kind} "${id}".`,
    safe: NOTHING_CHANGED,
    todo: 'List what there is and check the spelling.',
  }),
  'integrity.fileCorrupt': ({ kind, id, reason }, words) => ({
    title: `The ${kind} file ${short(id)} in the ${words.repository} is damaged (${reason}).`,
    safe:
      kind === 'snapshot'
        ? `Nothing was removed; every other ${words.snapshot} is as it was.`
        : 'Nothing wrong was taken from it.',
    todo:
      kind === 'lock'
        ? `If no other program works with the ${words.repository} now, ${words.unlockAll} and try again.`
        : kind === 'snapshot'
          ? words.damagedSnapshot(short(id))
          : checkAdvice(words),
  }),
  'integrity.packCorrupt': ({ packId, reason }, words) => ({
    title: `Stored data is damaged (pack ${short(packId)}: ${reason}).`,
    safe: 'Nothing wrong was taken from it; other files are not affected.',
    todo: checkAdvice(words),
  }),
  'integrity.blobMissing': ({ blobId, kind }, words) => ({
    title: `A piece of stored data is missing (${kind} ${short(blobId)}).`,
    safe: 'Other files are not affected.',
    todo: checkAdvice(words),
  }),
  'integrity.blobCorrupt': ({ blobId, kind, packId, reason }, words) => ({
    title: `A piece of stored data is damaged (${kind} ${short(blobId)} in pack ${short(packId)}: ${reason}).`,
    safe: 'Nothing wrong was taken from it; other files are not affected.',
    todo: checkAdvice(words),
  }),
  'integrity.indexCorrupt': ({ indexId, reason }, words) => ({
    title: `A list of stored data is damaged (index ${short(indexId)}: ${reason}).`,
    safe: 'The data itself is kept apart from this list.',
    todo: checkAdvice(words),
  }),
  'integrity.treeCorrupt': ({ treeId, reason }, words) => ({
    title: `A stored folder cannot be read (tree ${short(treeId)}: ${reason}).`,
    safe: 'Other folders are not affected.',
    todo: checkAdvice(words),
  }),
  'integrity.treeForeign': ({ path }, words) => ({
    title: `The folder ${path} was stored by another program, with details that would be lost if Tidemark wrote it again.`,
    safe: `This ${words.snapshot} was left as it is.`,
    todo: `Change it with the program that made it, or leave this ${words.snapshot} out.`,
  }),
  'integrity.incomplete': ({ lostBlobs, snapshotIds, paths, pathCount }, words) => ({
    title: `${lostBlobs === 1 ? 'A piece' : `${lostBlobs} pieces`} of stored data that ${listShort(snapshotIds, words.snapshot)} need${snapshotIds.length === 1 ? 's' : ''} cannot be found or read${listPaths(paths, pathCount)}.`,
    safe: 'So nothing was removed.',
    todo: `${checkAdvice(words)} If a list of data is lost and not the data itself, ${words.repairIndex}.`,
  }),
  'integrity.memoryFault': ({ reason }, words) => ({
    title: `Data changed inside this computer before it was stored (${reason}).`,
    safe: `Nothing wrong was stored in the ${words.repository}.`,
    todo: 'Test the memory of this computer before you save again.',
  }),
  ...storageErrors,
  'files.sourceMissing': ({ path }) => ({
    title: `${path} is not there.`,
    safe: `Nothing was saved this time. ${SAVED_IS_SAFE}`,
    todo: 'Connect its drive or check the path, then start again.',
  }),
  'files.sourceEmpty': ({ path }, words) => ({
    title: `${path} is empty now, but was not in the last ${words.snapshot}.`,
    safe: `Nothing was saved this time. ${SAVED_IS_SAFE}`,
    todo: `Check that its drive is connected${words.typed('; if it is meant to be empty, say so with --allow-empty')}.`,
  }),
  'files.nothingToSave': (_data, words) => ({
    title: 'There is nothing to save: everything named is excluded or missing.',
    safe: `No ${words.snapshot} was made; ${lowerFirst(SAVED_IS_SAFE)}`,
    todo: 'Check the paths and the exclude patterns.',
  }),
  'files.unreadable': ({ path, reason }) => ({
    title: `${path} cannot be read (${reason}).`,
    safe: 'Everything else is handled as usual.',
    todo: 'Give yourself permission to read it, or exclude it.',
  }),
  'files.changedWhileReading': ({ path }) => ({
    title: `${path} kept changing while it was read.`,
    safe: 'It is stored as it was found; everything else is handled as usual.',
    todo: 'Close the program that writes it and save again.',
  }),
  'files.targetNotWritable': ({ path, reason }) => ({
    title: `${path} cannot be written (${reason}).`,
    safe: 'What is stored is not affected.',
    todo: 'Choose another folder, or give yourself permission to write there.',
  }),
  'files.targetNotEmpty': ({ path }, words) => ({
    title: `${path} already has files in it.`,
    safe: 'None of them was touched.',
    todo: `Choose an empty folder${words.typed(', or say with --overwrite what happens to files that are there')}.`,
  }),
  'files.targetExists': ({ path }) => ({
    title: `There is already a file ${path}.`,
    safe: 'It was not touched.',
    todo: 'Choose another name or another folder.',
  }),
  'files.noSpace': ({ path }) => ({
    title: `There is not enough room at ${path}.`,
    safe: 'What is stored is not affected; files put back so far are complete.',
    todo: 'Make room and start again; it goes on from where it was.',
  }),
  'files.notEnoughRoom': ({ path, neededBytes, freeBytes }, words) => ({
    title: `This needs ${megabytes(neededBytes, Math.ceil, 'en')}, and there are only ${megabytes(freeBytes, Math.floor, 'en')} free at ${path}.`,
    safe: NOTHING_CHANGED,
    todo: `Make room, or put back less${words.typed('; to try all the same, use --no-space-check')}.`,
  }),
  'files.tooMuchToDrag': ({ bytes, mostBytes }) => ({
    title: `This is ${megabytes(bytes, Math.ceil, 'en')}, and up to ${megabytes(mostBytes, Math.floor, 'en')} can be given to other programs.`,
    safe: NOTHING_CHANGED,
    todo: 'Put a copy in a folder instead.',
  }),
  'files.wouldRun': ({ name }) => ({
    title: `“${name}” is of a kind that runs when it is opened, so Tidemark does not open it.`,
    safe: NOTHING_CHANGED,
    todo: 'Put a copy in a folder, and look at it there before you run it.',
  }),
  'files.notOpened': ({ name }) => ({
    title: `No program could be asked to open “${name}”.`,
    safe: NOTHING_CHANGED,
    todo: 'Put a copy in a folder, and open it from there.',
  }),
  'files.pathNotInSnapshot': ({ path, snapshotId }, words) => ({
    title: `${path} is not in the ${words.snapshot} ${short(snapshotId)}.`,
    safe: NOTHING_CHANGED,
    todo: `List the ${words.snapshot} and check the spelling, capital letters too.`,
  }),
  'retention.clockImplausible': ({ kind, now, witness }, words) => ({
    title:
      kind === 'farAhead'
        ? `The clock of this computer says ${words.moment(now)}, more than a year after ${words.moment(witness)}, the last time that is certain.`
        : kind === 'behindLastSeen'
          ? `The clock of this computer says ${words.moment(now)}, but it has been ${words.moment(witness)} already.`
          : `The clock of this computer says ${words.moment(now)}, but the newest ${words.snapshot} is of ${words.moment(witness)}.`,
    safe: `No ${words.snapshot} was removed.`,
    todo:
      kind === 'farAhead'
        ? `Set the clock right; if it is right, this works again a day after the next ${words.snapshot}.`
        : kind === 'behindLastSeen'
          ? 'Set the clock right and try again.'
          : `Set the clock right; if it is right, remove the ${words.snapshot} with the wrong time by hand.`,
  }),
  'job.cancelled': () => ({
    title: 'Stopped as you asked.',
    safe: SAVED_IS_SAFE,
    todo: 'Start it again whenever you like; it goes on from where it was.',
  }),
  'plans.commandFailed': ({ program, exitCode, reason, output }) => ({
    title:
      reason === 'timedOut'
        ? `The command "${program}" took too long and was ended.`
        : reason === 'notStarted'
          ? `The command "${program}" cannot be started.`
          : `The command "${program}" failed${exitCode === null ? '' : ` with exit code ${exitCode}`}.`,
    safe: `Nothing was saved this time. ${SAVED_IS_SAFE}`,
    todo: output === '' ? 'Check the command, or let the backup go on without it.' : `It said: ${output}`,
  }),
  'job.interrupted': () => ({
    title: 'This was cut off: the program or the computer stopped.',
    safe: SAVED_IS_SAFE,
    todo: 'Nothing. It goes on by itself.',
  }),
  'job.alreadyRunning': () => ({
    title: 'This is already waiting or running.',
    safe: '',
    todo: 'Wait until it is done.',
  }),
  'state.fileCorrupt': ({ folder, reason, lastGoodAt }, words) => ({
    title: `The settings in ${folder} are damaged (${reason}).`,
    safe: `The damaged file was left as it is. ${SAVED_IS_SAFE}`,
    todo:
      lastGoodAt === null
        ? 'Get your settings back from one of your backup places, or begin with new ones.'
        : `Go on with the copy of ${words.moment(lastGoodAt)}, or get your settings back from one of your backup places.`,
  }),
  'state.schemaTooNew': ({ folder }) => ({
    title: `The settings in ${folder} were written by a newer Tidemark.`,
    safe: NOTHING_CHANGED,
    todo: 'Update Tidemark on this computer and start it again.',
  }),
  'state.profileInUse': ({ folder }) => ({
    title: `Tidemark is already running with the settings in ${folder}.`,
    safe: NOTHING_CHANGED,
    todo: 'Use the one that is running, or close it and try again.',
  }),
  'state.diskFailed': ({ folder, trouble, reason }) => ({
    title: `Tidemark cannot write its own settings and catalogues in ${folder} (${OWN_DISK[trouble]?.why ?? reason}).`,
    safe: 'What was saved before is safe, versions and settings; what was just changed may not be kept.',
    todo: OWN_DISK[trouble]?.todo ?? 'Look after that disk, then try again.',
  }),
  'state.entryInvalid': ({ table, entry, reason }) => ({
    title: `An entry in your settings cannot be read (${table} ${entry}: ${reason}).`,
    safe: `It was left as it is. ${SAVED_IS_SAFE}`,
    todo: 'Update Tidemark; if that does not help, get your settings back from one of your backup places.',
  }),
  'request.invalidInput': ({ what, reason }) => ({
    title: `This cannot be done as asked: ${what}.`,
    safe: '',
    todo: `${upperFirst(reason)}.`,
  }),
  'request.unknownCall': ({ name }) => ({
    title: `This part of Tidemark does not know "${name}".`,
    safe: SAVED_IS_SAFE,
    todo: 'Quit Tidemark and start it again: parts of two versions are running.',
  }),
  'request.notFound': ({ what, id }) => ({
    title: `There is no ${what} "${id}".`,
    safe: '',
    todo: 'See the list of what there is.',
  }),
  'internal.connectionLost': () => ({
    title: 'The part of Tidemark that does the work has stopped.',
    safe: SAVED_IS_SAFE,
    todo: 'It starts again by itself. If it does not, quit Tidemark and start it again.',
  }),
  'internal.invariantBroken': ({ what }) => ({
    title: `There is a mistake in Tidemark itself (${what}).`,
    safe: SAVED_IS_SAFE,
    todo: 'Please report this, with what you did before.',
  }),
} as const satisfies ErrorTable;

/** What is wrong with the disk of our own files. */
const OWN_DISK: Partial<Record<string, { readonly why: string; readonly todo: string }>> = {
  full: { why: 'the disk is full', todo: 'Make room there, then try again.' },
  readOnly: { why: 'the disk is read-only', todo: 'Make it writable, then try again.' },
  accessDenied: { why: 'no permission', todo: 'Give your account the right to write there, then try again.' },
};
