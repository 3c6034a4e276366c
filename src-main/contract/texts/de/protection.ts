/** German. Names stand after "von", "in" and "zu" only: one or several, they need no other form of the sentence. */
import type { ErrorText, ProtectionNames, ProtectionTable } from '../text-tables.ts';

export const protection: ProtectionTable = {
  states: {
    protected: 'Geschützt',
    protectedExcept: 'Geschützt, mit Ausnahmen',
    cannotTell: 'Nicht bekannt',
    late: 'Überfällig',
    inDanger: 'In Gefahr',
  },
  waits: {
    paused: 'macht Pause',
    quietHours: 'wartet das Ende der Ruhezeit ab',
    onBattery: 'wartet, bis der Computer am Stromnetz hängt',
    lowBattery: 'wartet, weil der Akku fast leer ist',
    meteredNetwork: 'wartet auf ein Netz, das nichts kostet',
    unknownNetwork: 'wartet auf die Auskunft, ob dieses Netz Geld kostet',
    offline: 'wartet auf ein Netz',
    placeAway: 'wartet, bis der Sicherungsort wieder da ist',
    placeUnseen: 'sucht den Sicherungsort',
    backOff: 'versucht es später noch einmal',
  },
  problems: {
    paused: (names) =>
      late(names, 'Sicherungen machen Pause', '„Weitermachen“ wählen, sobald es wieder passt.'),
    quietHours: (names) =>
      late(names, 'Die Ruhezeit lässt keine Zeit dafür', 'Die Ruhezeit kürzen, oder „Jetzt sichern“ wählen.'),
    onBattery: (names) =>
      late(
        names,
        'Der Computer läuft im Akkubetrieb',
        'Ihn eine Weile ans Stromnetz hängen, oder „Jetzt sichern“ wählen.',
      ),
    lowBattery: (names) => late(names, 'Der Akku ist fast leer', 'Den Computer ans Stromnetz hängen.'),
    meteredNetwork: (names) =>
      late(
        names,
        'Dieses Netz kostet Geld',
        'Eine Weile ein anderes Netz benutzen, oder „Jetzt sichern“ wählen.',
      ),
    unknownNetwork: (names) =>
      late(names, 'Tidemark kennt dieses Netz nicht', 'Einmal angeben, ob es Geld kostet.'),
    offline: (names) => late(names, 'Es gibt kein Netz', 'Den Computer mit einem Netz verbinden.'),
    placeAway: (names) =>
      late(
        names,
        `Es gibt keine Verbindung zu ${names.places}`,
        `Die Verbindung zu ${names.places} herstellen; der Rest geht von selbst.`,
      ),
    placeUnseen: (names) =>
      late(
        names,
        `Von ${names.places} kommt keine Antwort`,
        `Nachsehen, ob die Verbindung zu ${names.places} steht und alles eingeschaltet ist.`,
      ),
    backOff: (names) =>
      late(
        names,
        'Die letzten Versuche sind nicht gelungen',
        'Mit „Jetzt sichern“ zeigt sich, woran es liegt.',
      ),
    failing: (names) => ({
      title: names.error?.title ?? `Die Sicherung von ${names.plans} in ${names.places} gelingt nicht.`,
      safe: savedUntil(names),
      todo: names.error?.todo ?? 'Mit „Jetzt sichern“ zeigt sich, woran es liegt.',
    }),
    catchingUp: (names) =>
      late(names, 'Bisher gab es keine Gelegenheit', 'Nichts: Tidemark holt es gerade nach.'),
    neverSaved: ({ plans, places }) => ({
      title: `Von ${plans} gibt es in ${places} noch keine Version.`,
      safe: '',
      todo: 'Den Computer anlassen, bis die erste Version fertig ist.',
    }),
    switchedOff: (names) => ({
      title: `Die Sicherung von ${names.plans} ist ausgeschaltet.`,
      safe: savedUntil(names),
      todo: 'Sie einschalten, sobald neue Versionen entstehen sollen.',
    }),
    filesLeftOut: ({ plans, fileCount = 0 }) => ({
      title:
        fileCount === 1
          ? `1 Datei von ${plans} ließ sich nicht sichern.`
          : `${fileCount} Dateien von ${plans} ließen sich nicht sichern.`,
      safe: 'Alle anderen sind gesichert.',
      todo: 'In der Liste steht, woran es liegt und was hilft.',
    }),
    recoveryUnproven: ({ places }) => ({
      title: `Noch kann nur dieser Computer die Versionen in ${places} öffnen.`,
      safe: 'Sie sind so sicher wie dieser Computer.',
      todo: 'Einmal zeigen, dass das Notfallblatt sie öffnet.',
    }),
    keysLost: ({ places }) => ({
      title: `Die Versionen in ${places} lassen sich nicht öffnen: Eine kleine Datei fehlt dort oder ist beschädigt.`,
      safe: 'Alles andere ist unberührt, und Tidemark hat eine Kopie dieser Datei.',
      todo: 'Mit „Datei zurücklegen“ ist das behoben; was beschädigt ist, wird aufgehoben.',
    }),
    damaged: ({ plans, places }) => ({
      title: `Ein Teil der Versionen von ${plans} in ${places} ist beschädigt.`,
      safe: 'Alles andere ist unberührt, und bis das geklärt ist, wird nichts entfernt.',
      todo: 'Mit „Reparieren“ kommt das Beschädigte von den anderen Orten und von diesem Computer zurück, soweit es dort liegt.',
    }),
    placeKeeps: ({ places, until }) => ({
      title: `Was aus ${places} entfernt werden sollte, bleibt${until === undefined ? '' : ` bis zum ${until}`} dort; so ist dieser Ort eingerichtet.`,
      safe: 'Das ist kein Fehler: Jede Version ist sicher, und neue werden wie sonst gesichert.',
      todo:
        until === undefined
          ? 'Nichts, wenn es so sein soll. Der Platz kommt nicht zurück, solange der Ort alles behält.'
          : 'Nichts: Der Platz kommt danach zurück.',
    }),
    neverListed: ({ places }) => ({
      title: `In ${places} hat noch niemand nachgesehen.`,
      safe: 'Was dort liegt, bleibt unberührt.',
      todo: `Die Verbindung zu ${places} herstellen.`,
    }),
    clockDoubtful: () => ({
      title: 'Die Uhr dieses Computers geht wohl falsch.',
      safe: 'Neue Versionen entstehen trotzdem, und keine wird entfernt.',
      todo: 'Datum und Uhrzeit richtig stellen.',
    }),
    notNoted: () => ({
      title:
        'Der eigene Ordner von Tidemark nimmt nichts mehr an: Sein Datenträger ist voll oder schreibgeschützt.',
      safe: 'Die Versionen sind sicher, und neue entstehen.',
      todo: 'Auf dem Datenträger des persönlichen Ordners Platz schaffen; bis dahin können geänderte Pläne verloren gehen.',
    }),
    notRunning: () => ({
      title: 'Tidemark antwortet nicht.',
      safe: 'Was zuvor gesichert wurde, ist sicher; Neues wird nicht gesichert.',
      todo: 'Tidemark neu starten.',
    }),
    noPlans: () => ({
      title: 'Kein Ordner ist geschützt.',
      safe: '',
      todo: 'Die Ordner wählen, die nie verloren gehen dürfen.',
    }),
    kitToFind: ({ places }) => ({
      title: `Liegt das Notfallblatt für ${places} noch da, wo es hingehört?`,
      safe: 'Nichts ist verkehrt. Das Blatt öffnet die Versionen, wenn dieser Computer verloren ist.',
      todo: 'Nachsehen und eine Gruppe davon eingeben; ist es weg, gleich ein neues anlegen.',
    }),
    tryRestore: ({ versionCount = 0 }) => ({
      title: `${versionCount === 1 ? '1 Version ist' : `${versionCount} Versionen sind`} inzwischen sicher. Zur Probe etwas zurückholen.`,
      safe: 'Das dauert eine halbe Minute und ändert keine Datei.',
      todo: 'So ist klar, wie es geht, bevor es darauf ankommt.',
    }),
    onePlace: ({ places }) => ({
      title: `Alles liegt nur an einem Ort, ${places}.`,
      safe: 'Ein Ort schützt vor Versehen und einem defekten Datenträger, nicht vor Feuer oder Diebstahl.',
      todo: 'Einen zweiten Ort hinzufügen, am besten außer Haus.',
    }),
  },
};

function late({ plans, ...names }: ProtectionNames, why: string, todo: string): ErrorText {
  return {
    title: `Die Sicherung von ${plans} ist überfällig: ${why}.`,
    safe: savedUntil(names),
    todo,
  };
}

function savedUntil({ newest, places }: Pick<ProtectionNames, 'newest' | 'places'>): string {
  return newest === undefined ? '' : `Die neueste Version in ${places} entstand ${newest} und ist sicher.`;
}
