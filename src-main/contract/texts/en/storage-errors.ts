/** What a place, or the way to it, reports; in English, for the command line and the window. */
import { short } from '../text-parts.ts';
import type { StorageErrorTable } from '../text-tables.ts';
import { checkAdvice, NOTHING_CHANGED, SAVED_IS_SAFE } from './error-words.ts';

export const storageErrors = {
  'storage.objectMissing': ({ kind, name }, words) => ({
    title: `A file of the ${words.repository} is not there (${kind} ${short(name)}).`,
    safe: NOTHING_CHANGED,
    todo: checkAdvice(words),
  }),
  'storage.alreadyExists': ({ kind, name }, words) => ({
    title: `The ${words.repository} already has a ${kind} file ${short(name)}.`,
    safe: 'It was not replaced.',
    todo: 'Another program may be working there; wait and try again.',
  }),
  'storage.unreachable': ({ location, reason }) => ({
    title: `${location} cannot be reached (${reason}).`,
    safe: SAVED_IS_SAFE,
    todo: 'Check the path, connect the drive or the network, and try again.',
  }),
  'storage.wrongCredentials': ({ location, reason }) => ({
    title: `${location} does not let you in (${reason}).`,
    safe: NOTHING_CHANGED,
    todo: 'Check the user name and the password or key for it, and try again.',
  }),
  'storage.certificateUntrusted': ({ location, reason }) => ({
    title: `${location} cannot prove that it is the right server (${reason}).`,
    safe: 'Nothing was sent to it.',
    todo: 'Check the address and the clock of this computer; for a certificate of your own name its file in RESTIC_CACERT.',
  }),
  'storage.programMissing': ({ location, program }) => ({
    title: `${location} needs the program ${program}, which is not on this computer.`,
    safe: NOTHING_CHANGED,
    todo: `Install ${program} and try again.`,
  }),
  'storage.clockOff': ({ location, offMs }) => ({
    title: `${location} answers nobody whose clock is as wrong as the one of this computer${offMs === null ? '' : ` (${clockError(offMs)})`}.`,
    safe: SAVED_IS_SAFE,
    todo: 'Set the clock, or let the computer set it by the network, and try again.',
  }),
  'storage.wrongRegion': ({ location, region }, words) => ({
    title: `${location} is asked for in the wrong region${region === null ? '' : `: it is in ${region}`}.`,
    safe: NOTHING_CHANGED,
    todo: `Set the region of the bucket${words.typed(' in AWS_DEFAULT_REGION')} and try again.`,
  }),
  'storage.hostKeyUnknown': ({ location, fingerprint }, words) => ({
    title: `${location} is a server that this computer does not know yet; its key is ${fingerprint}.`,
    safe: 'Nothing was sent to it.',
    todo: `Compare the key with the one that its owner tells you; then trust it${words.typed(' by its fingerprint in TIDEMARK_SFTP_HOST_KEY')}, or log in to it once with ssh, which remembers it.`,
  }),
  'storage.hostKeyChanged': ({ location, fingerprint, known, isRevoked }) => ({
    title: isRevoked
      ? `${location} shows the key ${fingerprint}, which is marked as stolen.`
      : `${location} shows another key than before: ${fingerprint} instead of ${known.join(' or ')}.`,
    safe: 'Nothing was sent to it: another server may be posing as yours.',
    todo: 'Ask its owner whether the key was changed; if so, remove the old one with ssh-keygen -R and log in once with ssh.',
  }),
  'storage.driveGone': ({ location }) => ({
    title: `The drive with ${location} went away during the work.`,
    safe: SAVED_IS_SAFE,
    todo: 'Connect it again and start once more; it goes on from where it was.',
  }),
  'storage.wrongDrive': ({ location, expectedId, foundId }, words) => ({
    title: `${location} holds another ${words.repository} (${short(foundId)} instead of ${short(expectedId)}).`,
    safe: 'It was not touched.',
    todo: 'Connect the right drive and try again.',
  }),
  'storage.timeout': ({ location, operation }) => ({
    title: `${location} did not answer in time (${operation}).`,
    safe: SAVED_IS_SAFE,
    todo: 'Check the drive or the network and try again.',
  }),
  'storage.accessDenied': ({ location, operation }) => ({
    title: `You have no permission for this in ${location} (${operation}).`,
    safe: NOTHING_CHANGED,
    todo: 'Ask for read and write permission there, or run as the user who owns it.',
  }),
  'storage.removalRefused': ({ location, keptUntil }, words) => ({
    title: `${location} lets nothing be removed${keptUntil === null ? '' : ` before ${words.moment(keptUntil)}`}.`,
    safe: 'That is how the place is set up. What was saved before is safe, and new versions are saved as usual.',
    todo:
      keptUntil === null
        ? 'Nothing, if you want it so; else change it where the place is run.'
        : 'Nothing; try again then.',
  }),
  'storage.readOnly': ({ location }, words) => ({
    title: `${location} can only be read, not written.`,
    safe: SAVED_IS_SAFE,
    todo: `Take off its write protection${words.typed('; to restore from it as it is, use --no-lock')}.`,
  }),
  'storage.full': ({ location, outOfInodes }, words) => ({
    title: outOfInodes
      ? `${location} cannot take more files: its file system has run out of entries.`
      : `${location} is full.`,
    safe: `${SAVED_IS_SAFE} No half-written ${words.snapshot} was left behind.`,
    todo: 'Make room there and start again; what was sent already is not sent twice.',
  }),
  'storage.rangeInvalid': ({ kind, name }, words) => ({
    title: `A file of the ${words.repository} is shorter than it should be (${kind} ${short(name)}).`,
    safe: 'Nothing wrong was taken from it.',
    todo: checkAdvice(words),
  }),
  'storage.notKept': ({ location, kind, name }) => ({
    title: `${location} said that it had stored a file, but does not have it (${kind} ${short(name)}).`,
    safe: SAVED_IS_SAFE,
    todo: 'Start again. If this comes again, do not rely on this place: its disk or server loses data.',
  }),
  'storage.listBehind': ({ location }, words) => ({
    title: `${location} does not yet tell of everything that was saved there: its lists are behind.`,
    safe: `${SAVED_IS_SAFE} Nothing was removed that a ${words.snapshot} may need.`,
    todo: 'Try again in some minutes. If this comes again, the server, or something on the way to it, hands out old lists.',
  }),
  'storage.ioFailed': ({ location, operation, reason }) => ({
    title: `${location} reports an error (${operation}: ${reason}).`,
    safe: SAVED_IS_SAFE,
    todo: 'Check the drive and its cable, then try again.',
  }),
} as const satisfies StorageErrorTable;

/** A clock that is ahead is fast. */
function clockError(offMs: number): string {
  return `${String(Math.round(Math.abs(offMs) / 60_000))} minutes ${offMs > 0 ? 'fast' : 'slow'}`;
}
