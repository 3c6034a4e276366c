import type { WatchTable } from '../text-tables.ts';

const SAVED_ALL_THE_SAME = 'Gesichert wird trotzdem alles: Jede Sicherung sieht dort nach.';

export const watching: WatchTable = {
  doubts: {
    started: 'Änderungen vorher nicht verfolgt wurden',
    eventsLost: 'sich so viel auf einmal änderte, dass das System den Überblick verlor',
    tooManyChanges: 'sich sehr viel geändert hat',
    woke: 'der Computer im Ruhezustand war',
    folderReplaced: 'ein Ordner ersetzt oder seine Festplatte angeschlossen oder abgezogen wurde',
    folderMissing: 'ein Ordner nicht da ist',
    watchFailed: 'das Verfolgen der Änderungen neu beginnen musste',
  },
  fullWalks: {
    neverWalked: 'es hier noch nie geschehen ist',
    daily: 'es einmal am Tag geschieht',
    clockJumped: 'die Uhr des Computers verstellt wurde',
  },
  unwatched(reason, folder, more) {
    const others = more === 0 ? '' : more === 1 ? ' und 1 weiteren Ordner' : ` und ${more} weiteren Ordnern`;
    const title = `Änderungen in „${folder}“${others} lassen sich nicht verfolgen`;
    switch (reason) {
      case 'watchLimit':
        return {
          title: `${title}: Es sind mehr Ordner, als das System auf einmal verfolgt.`,
          safe: SAVED_ALL_THE_SAME,
          todo: 'Ordner auslassen, die keine Sicherung brauchen, oder die Grenze fs.inotify.max_user_watches anheben lassen.',
        };
      case 'networkFolder':
        return {
          title: `${title}: Andere Computer können dort unbemerkt etwas ändern.`,
          safe: SAVED_ALL_THE_SAME,
          todo: 'Es ist nichts zu tun.',
        };
      case 'oddName':
        return {
          title: `${title}, weil der Name ungewöhnlich ist.`,
          safe: SAVED_ALL_THE_SAME,
          todo: 'Ein Name ohne ungewöhnliche Zeichen würde Zeit sparen.',
        };
      case 'unreadable':
        return {
          title: `${title}: Das Lesen ist nicht erlaubt, oder die Festplatte hat Fehler.`,
          safe: 'Jede Sicherung versucht es und meldet, was sich nicht sichern ließ.',
          todo: 'Nachsehen, ob sich der Ordner öffnen lässt, oder ihn auslassen.',
        };
      case 'failed':
        return {
          title: `${title}; auf diesem System gelingt es nicht.`,
          safe: SAVED_ALL_THE_SAME,
          todo: 'Den Computer neu starten; wenn es so bleibt, uns einen Bericht schicken.',
        };
    }
  },
  exclusion: (folder, sharePercent) => ({
    title: `„${folder}“ ändert sich ständig: ${sharePercent} % aller Änderungen sind dort.`,
    safe: 'Nichts geht verloren, aber Versionen entstehen seltener, als sie könnten.',
    todo: 'Wenn darin nichts aufzuheben ist, diesen Ordner auslassen.',
  }),
};
