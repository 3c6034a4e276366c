/**
 * German, in the words of the window alone: the command line speaks English. What another program said (`output`) is passed
 * on as it came, and so is a `reason` that `reasons.ts` does not know.
 */
import { megabytes, moment, short } from '../text-parts.ts';
import type { ErrorTable } from '../text-tables.ts';
import {
  NOTHING_CHANGED,
  SAVED_IS_SAFE,
  NOTHING_SAVED,
  NOTHING_WRONG_TAKEN,
  OTHER_FILES_FINE,
  VERIFY,
  listPaths,
  named,
  versions,
} from './error-words.ts';
import { why } from './reasons.ts';
import { storageErrors } from './storage-errors.ts';

export const errors: ErrorTable = {
  'repository.notFound': ({ location }) => ({
    title: `Unter ${location} gibt es keinen Sicherungsort.`,
    safe: NOTHING_CHANGED,
    todo: 'Nachsehen, ob die Adresse stimmt und das Laufwerk angeschlossen ist, oder dort zuerst einen Sicherungsort anlegen.',
  }),
  'repository.alreadyExists': ({ location }) => ({
    title: `Unter ${location} gibt es schon einen Sicherungsort.`,
    safe: 'Er wurde nicht angerührt.',
    todo: 'Ihn mit seinem Passwort öffnen, oder einen leeren Ordner wählen.',
  }),
  'repository.versionUnsupported': ({ version }) => ({
    title: `Der Sicherungsort hat ein Format, das dieses Programm nicht kennt (${version}).`,
    safe: NOTHING_CHANGED,
    todo: 'Tidemark auf den neuesten Stand bringen, oder ihn mit dem Programm öffnen, das ihn angelegt hat.',
  }),
  'repository.configInvalid': ({ reason }) => ({
    title: `Die Einstellungen des Sicherungsorts lassen sich nicht lesen (${why(reason)}).`,
    safe: NOTHING_CHANGED,
    todo: 'Die Datei „config“ aus einer Kopie des Orts zurücklegen; ohne sie lässt sich nichts öffnen.',
  }),
  'repository.wrongPassword': ({ location }) => ({
    title: `Das Passwort öffnet ${location} nicht.`,
    safe: NOTHING_CHANGED,
    todo: 'Noch einmal versuchen; auf Großbuchstaben und Tastaturbelegung kommt es an.',
  }),
  'repository.noPassword': () => ({
    title: 'Der Sicherungsort braucht ein Passwort, und niemand ist da, der es eingibt.',
    safe: NOTHING_CHANGED,
    todo: 'Den Ort entsperren und es noch einmal versuchen.',
  }),
  'repository.secretNeeded': ({ location }) => ({
    title: `Der Schlüssel zu ${location} ist nicht zur Hand: Der Schlüsselbund dieses Computers gibt ihn nicht heraus.`,
    safe: SAVED_IS_SAFE,
    todo: 'Den Schlüsselbund entsperren, oder einmal den Wiederherstellungscode oder das Passwort eingeben.',
  }),
  'repository.locked': ({ username, hostname, pid, since, stale }) => ({
    title: `Der Sicherungsort ist seit ${moment(since, 'de')} in Gebrauch, von ${username}@${hostname} (Prozess ${pid}).`,
    safe: NOTHING_CHANGED,
    todo: stale
      ? 'Dieses Programm läuft wohl nicht mehr: in einem Terminal „tidemark unlock“ aufrufen und es noch einmal versuchen.'
      : 'Warten, bis es fertig ist, und es noch einmal versuchen. Wenn es sicher nicht mehr läuft, in einem Terminal „tidemark unlock“ aufrufen.',
  }),
  'repository.lockLost': ({ reason }) => ({
    title: `Der Sicherungsort ließ sich nicht länger reservieren (${why(reason)}), deshalb wurde die Arbeit abgebrochen.`,
    safe: SAVED_IS_SAFE,
    todo: 'Noch einmal beginnen; es geht dort weiter, wo es aufgehört hat.',
  }),
  'repository.keyInUse': ({ keyId }) => ({
    title: `Mit dem Schlüssel ${short(keyId)} ist der Ort gerade geöffnet, deshalb wird er nicht entfernt.`,
    safe: NOTHING_CHANGED,
    todo: 'Mit einem anderen Passwort öffnen, dann diesen entfernen.',
  }),
  'repository.keyInvalid': ({ keyId, reason }) => ({
    title: `Der Schlüssel ${short(keyId)} ist beschädigt (${why(reason)}).`,
    safe: NOTHING_CHANGED,
    todo: 'Mit einem anderen Passwort öffnen, oder die Schlüsseldatei aus einer Kopie des Orts zurücklegen.',
  }),
  'repository.tooManyKeys': ({ keyCount }) => ({
    title: `Der Sicherungsort hat schon ${keyCount} Schlüssel; mit mehr würde er langsam öffnen und am Ende nicht mehr überall.`,
    safe: NOTHING_CHANGED,
    todo: 'Einen zurückziehen, der nicht mehr gebraucht wird, dann noch einmal versuchen.',
  }),
  'repository.lastRecoveryKey': ({ keyId }) => ({
    title: `Der Schlüssel ${short(keyId)} ist der letzte bewiesene Zugang, den ein Mensch verwahrt; ohne ihn könnte vielleicht nur ein Computer den Sicherungsort öffnen.`,
    safe: NOTHING_CHANGED,
    todo: 'Zuerst einen neuen Wiederherstellungscode anlegen und beweisen, dann diesen zurückziehen.',
  }),
  'repository.ambiguousId': ({ prefix, kind }) => ({
    title: `„${prefix}“ ist nicht eindeutig (${named(kind)}).`,
    safe: NOTHING_CHANGED,
    todo: 'Mehr Zeichen davon angeben.',
  }),
  'repository.objectNotFound': ({ id, kind }) => ({
    title: `Das gibt es dort nicht: ${named(kind)} „${short(id)}“.`,
    safe: NOTHING_CHANGED,
    todo: 'In der Liste nachsehen, was es gibt.',
  }),
  'integrity.fileCorrupt': ({ kind, id, reason }) => ({
    title: `Eine Datei des Sicherungsorts ist beschädigt (${named(kind)} ${short(id)}: ${why(reason)}).`,
    safe:
      kind === 'snapshot'
        ? 'Nichts wurde entfernt; alle anderen Versionen sind unverändert.'
        : NOTHING_WRONG_TAKEN,
    todo:
      kind === 'lock'
        ? 'Wenn gerade kein anderes Programm dort arbeitet, in einem Terminal „tidemark unlock --remove-all“ aufrufen und es noch einmal versuchen.'
        : kind === 'snapshot'
          ? 'An jenem Ort „Reparieren“ wählen: Was über die Version bekannt ist, wird neu aufgeschrieben.'
          : VERIFY,
  }),
  'integrity.packCorrupt': ({ packId, reason }) => ({
    title: `Gespeicherte Daten sind beschädigt (Datenpaket ${short(packId)}: ${why(reason)}).`,
    safe: `${NOTHING_WRONG_TAKEN} ${OTHER_FILES_FINE}`,
    todo: VERIFY,
  }),
  'integrity.blobMissing': ({ blobId, kind }) => ({
    title: `Ein Stück der gespeicherten Daten fehlt (${named(kind)} ${short(blobId)}).`,
    safe: OTHER_FILES_FINE,
    todo: VERIFY,
  }),
  'integrity.blobCorrupt': ({ blobId, kind, packId, reason }) => ({
    title: `Ein Stück der gespeicherten Daten ist beschädigt (${named(kind)} ${short(blobId)} im Datenpaket ${short(packId)}: ${why(reason)}).`,
    safe: `${NOTHING_WRONG_TAKEN} ${OTHER_FILES_FINE}`,
    todo: VERIFY,
  }),
  'integrity.indexCorrupt': ({ indexId, reason }) => ({
    title: `Ein Verzeichnis der gespeicherten Daten ist beschädigt (${short(indexId)}: ${why(reason)}).`,
    safe: 'Die Daten selbst liegen getrennt davon.',
    todo: VERIFY,
  }),
  'integrity.treeCorrupt': ({ treeId, reason }) => ({
    title: `Ein gespeicherter Ordner lässt sich nicht lesen (${short(treeId)}: ${why(reason)}).`,
    safe: 'Andere Ordner sind nicht betroffen.',
    todo: VERIFY,
  }),
  'integrity.treeForeign': ({ path }) => ({
    title: `Den Ordner ${path} hat ein anderes Programm gespeichert, mit Angaben, die verloren gingen, wenn Tidemark ihn neu schriebe.`,
    safe: 'Diese Version blieb, wie sie ist.',
    todo: 'Sie mit dem Programm ändern, das sie angelegt hat, oder diese Version auslassen.',
  }),
  'integrity.incomplete': ({ lostBlobs, snapshotIds, paths, pathCount }) => ({
    title: `${lostBlobs === 1 ? 'Ein Stück der gespeicherten Daten fehlt oder ist' : `${lostBlobs} Stücke der gespeicherten Daten fehlen oder sind`} nicht lesbar; betroffen: ${versions(snapshotIds)}${listPaths(paths, pathCount)}.`,
    safe: 'Deshalb wurde nichts entfernt.',
    todo: `${VERIFY} Wenn nur ein Verzeichnis verloren ist und nicht die Daten selbst, hilft „Reparieren“ bei diesem Ort.`,
  }),
  'integrity.memoryFault': ({ reason }) => ({
    title: `Daten haben sich in diesem Computer verändert, bevor sie gespeichert waren (${why(reason)}).`,
    safe: 'Nichts Falsches kam in den Sicherungsort.',
    todo: 'Den Arbeitsspeicher dieses Computers prüfen lassen, bevor weiter gesichert wird.',
  }),
  ...storageErrors,
  'files.sourceMissing': ({ path }) => ({
    title: `${path} ist nicht da.`,
    safe: NOTHING_SAVED,
    todo: 'Das Laufwerk anschließen oder den Pfad prüfen, dann noch einmal beginnen.',
  }),
  'files.sourceEmpty': ({ path }) => ({
    title: `${path} ist jetzt leer, war es in der letzten Version aber nicht.`,
    safe: NOTHING_SAVED,
    todo: 'Nachsehen, ob das Laufwerk angeschlossen ist.',
  }),
  'files.nothingToSave': () => ({
    title: 'Es gibt nichts zu sichern: Alles Genannte ist ausgelassen oder fehlt.',
    safe: `Keine Version entstand. ${SAVED_IS_SAFE}`,
    todo: 'Nachsehen, welche Ordner gewählt sind und was ausgelassen wird.',
  }),
  'files.unreadable': ({ path, reason }) => ({
    title: `${path} lässt sich nicht lesen (${why(reason)}).`,
    safe: 'Mit allem anderen geht es wie gewohnt weiter.',
    todo: 'Das Recht zum Lesen geben, oder es auslassen.',
  }),
  'files.changedWhileReading': ({ path }) => ({
    title: `${path} änderte sich während des Lesens immer wieder.`,
    safe: 'Gespeichert ist es so, wie es vorgefunden wurde; mit allem anderen geht es wie gewohnt weiter.',
    todo: 'Das Programm schließen, das daran schreibt, und noch einmal sichern.',
  }),
  'files.targetNotWritable': ({ path, reason }) => ({
    title: `${path} lässt sich nicht beschreiben (${why(reason)}).`,
    safe: 'Was gespeichert ist, bleibt unberührt.',
    todo: 'Einen anderen Ordner wählen, oder dort das Recht zum Schreiben geben.',
  }),
  'files.targetNotEmpty': ({ path }) => ({
    title: `In ${path} liegen schon Dateien.`,
    safe: 'Keine davon wurde angerührt.',
    todo: 'Einen leeren Ordner wählen, oder angeben, was mit den vorhandenen Dateien geschehen soll.',
  }),
  'files.targetExists': ({ path }) => ({
    title: `Die Datei ${path} gibt es schon.`,
    safe: 'Sie wurde nicht angerührt.',
    todo: 'Einen anderen Namen oder einen anderen Ordner wählen.',
  }),
  'files.noSpace': ({ path }) => ({
    title: `Bei ${path} ist nicht genug Platz.`,
    safe: 'Was gespeichert ist, bleibt unberührt; was schon zurückgeholt ist, ist vollständig.',
    todo: 'Platz schaffen und noch einmal beginnen; es geht dort weiter, wo es aufgehört hat.',
  }),
  'files.notEnoughRoom': ({ path, neededBytes, freeBytes }) => ({
    title: `Das braucht ${megabytes(neededBytes, Math.ceil, 'de')}, und bei ${path} sind nur ${megabytes(freeBytes, Math.floor, 'de')} frei.`,
    safe: NOTHING_CHANGED,
    todo: 'Platz schaffen, oder weniger zurückholen.',
  }),
  'files.tooMuchToDrag': ({ bytes, mostBytes }) => ({
    title: `Das sind ${megabytes(bytes, Math.ceil, 'de')}, und bis zu ${megabytes(mostBytes, Math.floor, 'de')} lassen sich an andere Programme geben.`,
    safe: NOTHING_CHANGED,
    todo: 'Stattdessen eine Kopie in einen Ordner legen.',
  }),
  'files.wouldRun': ({ name }) => ({
    title: `„${name}“ gehört zu den Dateien, die beim Öffnen ausgeführt werden. Deshalb öffnet Tidemark sie nicht.`,
    safe: NOTHING_CHANGED,
    todo: 'Eine Kopie in einen Ordner legen und sie dort ansehen, bevor sie ausgeführt wird.',
  }),
  'files.notOpened': ({ name }) => ({
    title: `Kein Programm ließ sich bitten, „${name}“ zu öffnen.`,
    safe: NOTHING_CHANGED,
    todo: 'Eine Kopie in einen Ordner legen und sie dort öffnen.',
  }),
  'files.pathNotInSnapshot': ({ path, snapshotId }) => ({
    title: `${path} ist nicht in der Version ${short(snapshotId)}.`,
    safe: NOTHING_CHANGED,
    todo: 'In der Version nachsehen, wie es dort heißt; auch Großbuchstaben zählen.',
  }),
  'retention.clockImplausible': ({ kind, now, witness }) => {
    const says = `Die Uhr dieses Computers zeigt ${moment(now, 'de')}`;
    const known = moment(witness, 'de');
    return {
      title:
        kind === 'farAhead'
          ? `${says}, mehr als ein Jahr nach dem letzten sicheren Zeitpunkt (${known}).`
          : kind === 'behindLastSeen'
            ? `${says}, aber es war schon ${known}.`
            : `${says}, aber die neueste Version ist vom ${known}.`,
      safe: 'Keine Version wurde entfernt.',
      todo:
        kind === 'farAhead'
          ? 'Die Uhr richtig stellen; wenn sie stimmt, geht es einen Tag nach der nächsten Version wieder.'
          : kind === 'behindLastSeen'
            ? 'Die Uhr richtig stellen und es noch einmal versuchen.'
            : 'Die Uhr richtig stellen; wenn sie stimmt, die Version mit der falschen Zeit von Hand entfernen.',
    };
  },
  'job.cancelled': () => ({
    title: 'Wie gewünscht abgebrochen.',
    safe: SAVED_IS_SAFE,
    todo: 'Es lässt sich jederzeit noch einmal beginnen und geht dort weiter, wo es aufgehört hat.',
  }),
  'plans.commandFailed': ({ program, exitCode, reason, output }) => ({
    title:
      reason === 'timedOut'
        ? `Der Befehl „${program}“ hat zu lange gedauert und wurde beendet.`
        : reason === 'notStarted'
          ? `Der Befehl „${program}“ lässt sich nicht starten.`
          : `Der Befehl „${program}“ ist fehlgeschlagen${exitCode === null ? '' : ` (Ergebnis ${exitCode})`}.`,
    safe: NOTHING_SAVED,
    todo:
      output === ''
        ? 'Den Befehl prüfen, oder die Sicherung auch ohne ihn weitergehen lassen.'
        : `Seine Ausgabe: ${output}`,
  }),
  'job.interrupted': () => ({
    title: 'Das wurde unterbrochen: Das Programm oder der Computer ging aus.',
    safe: SAVED_IS_SAFE,
    todo: 'Nichts. Es geht von selbst weiter.',
  }),
  'job.alreadyRunning': () => ({
    title: 'Das läuft schon oder wartet bereits.',
    safe: '',
    todo: 'Warten, bis es fertig ist.',
  }),
  'state.fileCorrupt': ({ folder, reason, lastGoodAt }) => ({
    title: `Die Einstellungen in ${folder} sind beschädigt (${why(reason)}).`,
    safe: `Die beschädigte Datei blieb, wie sie ist. ${SAVED_IS_SAFE}`,
    todo:
      lastGoodAt === null
        ? 'Die Einstellungen aus einem Sicherungsort zurückholen, oder mit neuen beginnen.'
        : `Mit der Kopie vom ${moment(lastGoodAt, 'de')} weitermachen, oder die Einstellungen aus einem Sicherungsort zurückholen.`,
  }),
  'state.schemaTooNew': ({ folder }) => ({
    title: `Die Einstellungen in ${folder} stammen von einem neueren Tidemark.`,
    safe: NOTHING_CHANGED,
    todo: 'Tidemark auf diesem Computer auf den neuesten Stand bringen und neu starten.',
  }),
  'state.profileInUse': ({ folder }) => ({
    title: `Tidemark läuft schon mit den Einstellungen in ${folder}.`,
    safe: NOTHING_CHANGED,
    todo: 'Das laufende Tidemark benutzen, oder es beenden und noch einmal versuchen.',
  }),
  'state.diskFailed': ({ folder, trouble, reason }) => ({
    title: `Tidemark kann seine Einstellungen und Verzeichnisse in ${folder} nicht schreiben (${OWN_DISK[trouble]?.cause ?? why(reason)}).`,
    safe: 'Was zuvor gesichert wurde, ist sicher, Versionen wie Einstellungen; was gerade geändert wurde, ist vielleicht nicht festgehalten.',
    todo: OWN_DISK[trouble]?.todo ?? 'Nach diesem Datenträger sehen und es dann noch einmal versuchen.',
  }),
  'state.entryInvalid': ({ table, entry, reason }) => ({
    title: `Ein Eintrag der Einstellungen lässt sich nicht lesen (${table} ${entry}: ${why(reason)}).`,
    safe: `Er blieb, wie er ist. ${SAVED_IS_SAFE}`,
    todo: 'Tidemark auf den neuesten Stand bringen; wenn das nicht hilft, die Einstellungen aus einem Sicherungsort zurückholen.',
  }),
  'request.invalidInput': ({ what, reason }) => ({
    title: 'So geht das nicht.',
    safe: '',
    // Both come in English from wherever it was refused.
    todo: `Der Grund, auf Englisch: ${what}: ${reason}.`,
  }),
  'request.unknownCall': ({ name }) => ({
    title: `Dieser Teil von Tidemark kennt „${name}“ nicht.`,
    safe: SAVED_IS_SAFE,
    todo: 'Tidemark beenden und neu starten: Teile zweier Fassungen laufen zugleich.',
  }),
  'request.notFound': ({ what, id }) => ({
    title: `Das gibt es nicht mehr: ${named(what)} „${short(id)}“.`,
    safe: '',
    todo: 'In der Liste nachsehen, was es gibt.',
  }),
  'internal.connectionLost': () => ({
    title: 'Der Teil von Tidemark, der die Arbeit tut, ist stehen geblieben.',
    safe: SAVED_IS_SAFE,
    todo: 'Er startet von selbst neu. Wenn nicht, Tidemark beenden und neu starten.',
  }),
  'internal.invariantBroken': ({ what }) => ({
    title: `In Tidemark selbst steckt ein Fehler (${what}).`,
    safe: SAVED_IS_SAFE,
    todo: 'Am besten melden, mit dem, was vorher geschah.',
  }),
};

/** What is wrong with the disk of our own files. */
const OWN_DISK: Partial<Record<string, { readonly cause: string; readonly todo: string }>> = {
  full: { cause: 'der Datenträger ist voll', todo: 'Dort Platz schaffen und es dann noch einmal versuchen.' },
  readOnly: {
    cause: 'der Datenträger lässt sich nur lesen',
    todo: 'Ihn beschreibbar machen und es dann noch einmal versuchen.',
  },
  accessDenied: {
    cause: 'keine Berechtigung',
    todo: 'Dem eigenen Konto dort das Schreiben erlauben und es dann noch einmal versuchen.',
  },
};
