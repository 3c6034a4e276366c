/** What a place, or the way to it, reports; in German, in the words of the window. */
import { moment, short } from '../text-parts.ts';
import type { StorageErrorTable } from '../text-tables.ts';
import { NOTHING_CHANGED, SAVED_IS_SAFE, NOTHING_WRONG_TAKEN, VERIFY, doing, named } from './error-words.ts';
import { why } from './reasons.ts';

export const storageErrors: StorageErrorTable = {
  'storage.objectMissing': ({ kind, name }) => ({
    title: `Eine Datei des Sicherungsorts ist nicht da (${named(kind)} ${short(name)}).`,
    safe: NOTHING_CHANGED,
    todo: VERIFY,
  }),
  'storage.alreadyExists': ({ kind, name }) => ({
    title: `Der Sicherungsort hat diese Datei schon (${named(kind)} ${short(name)}).`,
    safe: 'Sie wurde nicht ersetzt.',
    todo: 'Vielleicht arbeitet dort ein anderes Programm; warten und es noch einmal versuchen.',
  }),
  'storage.unreachable': ({ location, reason }) => ({
    title: `${location} ist nicht zu erreichen (${why(reason)}).`,
    safe: SAVED_IS_SAFE,
    todo: 'Die Adresse prüfen, Laufwerk oder Netz verbinden und es noch einmal versuchen.',
  }),
  'storage.wrongCredentials': ({ location, reason }) => ({
    title: `${location} lässt dich nicht ein (${reason}).`,
    safe: NOTHING_CHANGED,
    todo: 'Den Benutzernamen und das Passwort oder den Schlüssel dafür prüfen und es noch einmal versuchen.',
  }),
  'storage.certificateUntrusted': ({ location, reason }) => ({
    title: `${location} kann nicht beweisen, der richtige Server zu sein (${reason}).`,
    safe: 'Es wurde nichts dorthin übertragen.',
    todo: 'Die Adresse und die Uhr dieses Computers prüfen; die Datei mit einem eigenen Zertifikat in RESTIC_CACERT nennen.',
  }),
  'storage.programMissing': ({ location, program }) => ({
    title: `${location} braucht das Programm ${program}, das auf diesem Computer fehlt.`,
    safe: NOTHING_CHANGED,
    todo: `Das Programm ${program} installieren und es noch einmal versuchen.`,
  }),
  'storage.clockOff': ({ location, offMs }) => ({
    title: `${location} antwortet nicht, weil die Uhr dieses Computers zu falsch geht${offMs === null ? '' : ` (${clockError(offMs)})`}.`,
    safe: SAVED_IS_SAFE,
    todo: 'Die Uhr stellen, oder den Computer sie über das Netz stellen lassen, und es noch einmal versuchen.',
  }),
  'storage.wrongRegion': ({ location, region }) => ({
    title: `${location} liegt in einer anderen Region${region === null ? '' : `: in ${region}`}.`,
    safe: NOTHING_CHANGED,
    todo: 'Die Region des Speichers richtig angeben und es noch einmal versuchen.',
  }),
  'storage.hostKeyUnknown': ({ location, fingerprint }) => ({
    title: `${location} ist ein Server, den dieser Rechner noch nicht kennt; sein Schlüssel ist ${fingerprint}.`,
    safe: 'Es wurde nichts an ihn gesendet.',
    todo: 'Den Schlüssel mit dem vergleichen, den der Betreiber nennt; dann ihm beim Sicherungsort vertrauen oder einmal mit ssh anmelden, das ihn sich merkt.',
  }),
  'storage.hostKeyChanged': ({ location, fingerprint, known, isRevoked }) => ({
    title: isRevoked
      ? `${location} zeigt den Schlüssel ${fingerprint}, der als gestohlen vermerkt ist.`
      : `${location} zeigt einen anderen Schlüssel als bisher: ${fingerprint} statt ${known.join(' oder ')}.`,
    safe: 'Es wurde nichts gesendet: Ein fremder Server könnte sich als dieser ausgeben.',
    todo: 'Den Betreiber fragen, ob der Schlüssel geändert wurde; wenn ja, den alten mit ssh-keygen -R entfernen und sich einmal mit ssh anmelden.',
  }),
  'storage.driveGone': ({ location }) => ({
    title: `Das Laufwerk mit ${location} war mitten in der Arbeit nicht mehr da.`,
    safe: SAVED_IS_SAFE,
    todo: 'Es wieder anschließen und noch einmal beginnen; es geht dort weiter, wo es aufgehört hat.',
  }),
  'storage.wrongDrive': ({ location, expectedId, foundId }) => ({
    title: `Unter ${location} liegt ein anderer Sicherungsort (${short(foundId)} statt ${short(expectedId)}).`,
    safe: 'Er wurde nicht angerührt.',
    todo: 'Das richtige Laufwerk anschließen und es noch einmal versuchen.',
  }),
  'storage.timeout': ({ location, operation }) => ({
    title: `${location} hat nicht rechtzeitig geantwortet (${doing(operation)}).`,
    safe: SAVED_IS_SAFE,
    todo: 'Nach Laufwerk oder Netz sehen und es noch einmal versuchen.',
  }),
  'storage.accessDenied': ({ location, operation }) => ({
    title: `In ${location} fehlt die Erlaubnis dafür (${doing(operation)}).`,
    safe: NOTHING_CHANGED,
    todo: 'Dort um das Recht zum Lesen und Schreiben bitten.',
  }),
  'storage.removalRefused': ({ location, keptUntil }) => ({
    title: `${location} lässt nichts entfernen${keptUntil === null ? '' : `, bis zum ${moment(keptUntil, 'de')}`}.`,
    safe: `So ist der Ort eingerichtet. ${SAVED_IS_SAFE} Neue Versionen werden wie sonst gesichert.`,
    todo:
      keptUntil === null
        ? 'Nichts, wenn es so sein soll; sonst dort ändern, wo der Ort betrieben wird.'
        : 'Nichts; es dann noch einmal versuchen.',
  }),
  'storage.readOnly': ({ location }) => ({
    title: `${location} lässt sich nur lesen, nicht beschreiben.`,
    safe: SAVED_IS_SAFE,
    todo: 'Den Schreibschutz aufheben und es noch einmal versuchen.',
  }),
  'storage.full': ({ location, outOfInodes }) => ({
    title: outOfInodes
      ? `${location} nimmt keine weiteren Dateien auf: Die Zahl der Einträge ist erschöpft.`
      : `${location} ist voll.`,
    safe: `${SAVED_IS_SAFE} Keine halbfertige Version blieb zurück.`,
    todo: 'Dort Platz schaffen und noch einmal beginnen; was schon übertragen ist, wird nicht noch einmal übertragen.',
  }),
  'storage.rangeInvalid': ({ kind, name }) => ({
    title: `Eine Datei des Sicherungsorts ist kürzer, als sie sein sollte (${named(kind)} ${short(name)}).`,
    safe: NOTHING_WRONG_TAKEN,
    todo: VERIFY,
  }),
  'storage.notKept': ({ location, kind, name }) => ({
    title: `${location} hat gemeldet, eine Datei gespeichert zu haben, hat sie aber nicht (${named(kind)} ${short(name)}).`,
    safe: SAVED_IS_SAFE,
    todo: 'Noch einmal beginnen. Wenn das wieder geschieht, ist auf diesen Ort kein Verlass: Seine Festplatte oder sein Server verliert Daten.',
  }),
  'storage.listBehind': ({ location }) => ({
    title: `${location} nennt noch nicht alles, was dort gesichert ist: Seine Listen sind nicht auf dem neuesten Stand.`,
    safe: `${SAVED_IS_SAFE} Es wurde nichts entfernt, was eine Version brauchen könnte.`,
    todo: 'Es in einigen Minuten noch einmal versuchen. Wenn das wieder geschieht, gibt der Server oder etwas auf dem Weg zu ihm alte Listen heraus.',
  }),
  'storage.ioFailed': ({ location, operation, reason }) => ({
    title: `${location} meldet einen Fehler (${doing(operation)}: ${why(reason)}).`,
    safe: SAVED_IS_SAFE,
    todo: 'Nach Laufwerk und Kabel sehen, dann noch einmal versuchen.',
  }),
};

function clockError(offMs: number): string {
  return `${String(Math.round(Math.abs(offMs) / 60_000))} Minuten ${offMs > 0 ? 'vor' : 'nach'}`;
}
