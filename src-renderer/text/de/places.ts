import type { places as english } from '../en/places.ts';
import type { Translated } from '../translated.ts';

export const places: Translated<typeof english> = {
  title: 'Sicherungsorte',
  note: 'Hier liegen die Kopien. Zwei Orte verschiedener Art schützen vor mehr, als einer es kann.',
  add: 'Ort hinzufügen',
  emptyTitle: 'Noch kein Sicherungsort',
  emptyBody:
    'Ein Laufwerk, ein Ordner auf einer anderen Festplatte oder ein Server: Für den Anfang genügt einer.',
  kinds: {
    local: 'Ordner oder Laufwerk',
    sftp: 'Server über SSH',
    rest: 'Server über das Web',
    s3: 'Cloud-Speicher',
    rclone: 'Über rclone',
  },
  otherKind: 'Ort',
  presence: {
    present: 'Verbunden',
    absent: 'Nicht verbunden',
    unknown: 'Noch nicht nachgesehen',
  },
  column: {
    name: 'Ort',
    free: 'Frei',
    newest: 'Neueste Version',
    verified: 'Geprüft',
  },
  noVersion: 'noch keine',
  keyMissing: 'braucht seinen Wiederherstellungscode',
  free: (free) => `${free} frei`,
  freeUnknown: 'nicht bekannt',
  neverVerified: 'noch nie',
  verifiedAll: (ago) => `alles, ${ago}`,
  verifiedPart: (percent, ago) => `${percent} %, ${ago}`,
  verifying: 'läuft gerade',

  newTitle: 'Sicherungsort hinzufügen',
  newNote:
    'Tidemark verschlüsselt alles, bevor es diesen Computer verlässt. Wer nur den Ort hat, kann nichts lesen.',
  foundHere: 'Auf diesem Computer gefunden',
  noneFound:
    'Gerade ist kein Laufwerk und kein Server zu sehen. Schließe eins an, oder wähle unten einen Ordner.',
  lookAgain: 'Noch einmal nachsehen',
  drive: 'Laufwerk',
  network: 'Im Netzwerk',
  folder: 'Ordner',
  existing: 'Dort liegen schon Kopien',
  removable: 'lässt sich abziehen',
  sameDisk: 'auf derselben Festplatte wie deine Dateien: keine Hilfe, wenn sie kaputtgeht',
  freeOf: (free, total) => `${free} von ${total} frei`,
  elsewhere: 'Woanders',
  location: 'Ordner oder Adresse',
  locationHint: 'Zum Beispiel /media/blau/tidemark, sftp:ich@server:/backup oder s3:https://host/bucket',
  choose: 'Ordner wählen',
  name: 'Name',
  nameHint: 'So, wie du ihn nennst: „Blaue Platte“, „Server zu Hause“',
  probing: 'Wird nachgesehen',
  login: {
    title: {
      s3: 'Schlüssel des Cloud-Speichers',
      rest: 'Anmeldung am Server',
      sftp: 'Anmeldung am Server',
      rclone: 'Einstellungen von rclone',
    },
    note: {
      s3: 'Von deinem Anbieter. Sie bleiben im Schlüsselbund dieses Computers, sonst nirgends.',
      rest: 'Falls der Server danach fragt. Sie bleibt im Schlüsselbund dieses Computers, sonst nirgends.',
      sftp: 'Deine ssh-Schlüssel und dein Agent werden benutzt, wie sie sind. Nur wenn das nicht genügt: Diese Angaben bleiben im Schlüsselbund dieses Computers, sonst nirgends.',
      rclone:
        'Nur wenn deine rclone-Einstellungen mit einem Passwort verschlossen sind. Es bleibt im Schlüsselbund dieses Computers.',
    },
    fields: {
      AWS_ACCESS_KEY_ID: 'Zugangsschlüssel',
      AWS_SECRET_ACCESS_KEY: 'Geheimer Schlüssel',
      AWS_SESSION_TOKEN: 'Sitzungs-Token',
      AWS_DEFAULT_REGION: 'Region, falls der Anbieter eine nennt',
      RESTIC_REST_USERNAME: 'Benutzername',
      RESTIC_REST_PASSWORD: 'Passwort',
      TIDEMARK_SFTP_PASSWORD: 'Passwort',
      TIDEMARK_SFTP_KEY_PASSPHRASE: 'Passphrase deines ssh-Schlüssels',
      TIDEMARK_SFTP_HOST_KEY: 'Fingerabdruck des Servers',
      RCLONE_CONFIG_PASS: 'Passwort der rclone-Einstellungen',
    },
    give: 'Anmelden',
    notKept: (reason) => `Du bist angemeldet, bis Tidemark endet. ${reason}`,
  },
  probe: {
    empty: 'Leer und bereit.',
    missing: 'Den Ordner gibt es noch nicht. Tidemark legt ihn an.',
    otherFiles:
      'Dort liegen andere Dateien. Wähle einen leeren Ordner, damit sich nichts von dir mit den Kopien vermischt.',
    repository:
      'Dort liegen schon Kopien. Öffne sie mit ihrem Wiederherstellungscode; geschrieben wird erst, wenn du es sagst.',
    wrongCredentials:
      'Dort wirst du nicht eingelassen: Der Benutzername, oder das Passwort oder der Schlüssel, stimmt nicht.',
    unknownServer: (fingerprint) =>
      `Dieser Computer kennt den Server noch nicht. Sein Schlüssel ist ${fingerprint}. Vergleiche ihn mit dem, was dir der Betreiber des Servers nennt, bevor du ihm vertraust.`,
    unreachable: 'Das ist nicht zu erreichen.',
    unreachableBecause: (reason) => `Das ist nicht zu erreichen: ${reason}.`,
    insideSource: (plan) =>
      `Das liegt in den Ordnern von „${plan}“: Die Kopien würden mitkopiert und gingen mit ihnen zusammen verloren. Wähle eine andere Festplatte.`,
  },
  create: 'Als Sicherungsort einrichten',
  trust: 'Diesem Server vertrauen',
  useFolder: 'Den Ordner Tidemark darin nehmen',
  openExisting: 'Kopien öffnen',
  cancel: 'Abbrechen',
  close: 'Schließen',

  back: 'Sicherungsorte',
  gone: 'Diesen Sicherungsort gibt es nicht.',
  rename: 'Umbenennen',
  save: 'Speichern',
  facts: {
    kind: 'Art',
    location: 'Wo',
    presence: 'Jetzt',
    free: 'Freier Platz',
    newest: 'Neueste Version',
    verified: 'Geprüft',
    plans: 'Enthält',
    since: 'In Gebrauch seit',
    key: 'Schlüssel dieses Computers',
    kit: 'Notfallblatt',
  },
  noPlans: 'noch keine geschützten Ordner',
  keyRemembered: 'liegt im Schlüsselbund',
  keySession: 'bekannt, bis Tidemark endet; der Schlüsselbund hat ihn nicht behalten',
  keyNone: 'fehlt: Gib den Wiederherstellungscode ein',
  kitProven: 'bestätigt',
  kitUnproven: 'noch nicht bestätigt: Nur dieser Computer kann die Kopien öffnen',
  openKit: 'Notfallblatt öffnen',
  proveKit: 'Notfallblatt bestätigen',
  unlock: 'Entsperren',
  unlockTitle: (place) => `„${place}“ entsperren`,
  unlockBody:
    'Der Schlüsselbund dieses Computers hat den Schlüssel nicht mehr. Gib einmal den Wiederherstellungscode oder das Passwort ein; dieser Computer bekommt einen neuen Schlüssel. Gelöscht wurde nichts.',
  unlockField: 'Wiederherstellungscode oder Passwort',
  unlocked: (place) => `„${place}“ ist wieder offen.`,
  mend: 'Datei zurücklegen',
  mendTitle: (place) => `Zurücklegen, was in „${place}“ fehlt`,
  mendBody:
    'Der Schlüssel dieses Computers öffnet die Kopien nicht. Gib einmal den Wiederherstellungscode oder das Passwort ein; dann wird die fehlende Datei zurückgelegt. Was beschädigt ist, wird aufgehoben.',
  mended: (place) => `„${place}“ lässt sich wieder öffnen.`,
  notRemembered:
    'Der Schlüsselbund hat den neuen Schlüssel nicht behalten: Tidemark fragt beim nächsten Start wieder.',

  careTitle: 'Pflege',
  verify: 'Alles prüfen',
  verifyNote:
    'Liest jedes gespeicherte Byte und weist nach, dass sich alles zurückholen lässt. Das kann Stunden dauern und lässt sich anhalten.',
  verifyStarted: 'Die Prüfung hat begonnen. Diese Seite darf geschlossen werden.',
  cleanUp: 'Platz freigeben',
  cleanUpNote: 'Entfernt, was keine Version mehr braucht. Versionen bleiben unberührt.',
  cleanUpStarted: 'Das Freigeben hat begonnen.',
  readHistory: 'Geschichte neu lesen',
  readHistoryNote:
    'Sieht nach, was dort liegt, wenn ein anderes Programm oder ein anderer Computer dort geschrieben hat.',
  readHistoryStarted: 'Die Geschichte wird gelesen.',
  underWay: 'Läuft',
  stop: 'Abbrechen',

  spaceTitle: 'Speicherplatz',
  moveTitle: 'Er ist jetzt woanders',
  moveNote:
    'Dieselben Kopien unter einer anderen Adresse: anders eingehängt, anderer Servername. Nichts wird kopiert oder geschrieben.',
  move: 'Neue Adresse angeben',
  moveSave: 'Diese Adresse verwenden',
  moved: 'Die neue Adresse ist notiert. Die Kopien sind dort.',
  keysTitle: 'Schlüssel',
  renew: 'Neuen Wiederherstellungscode anlegen',
  renewBody:
    'Ein neuer Code auf einem neuen Notfallblatt. Der alte öffnet den Ort, bis du den neuen bewiesen hast: bewahre so lange beide auf. Gespeichert wird nichts neu.',
  forgetTitle: 'Diesen Ort vergessen',
  forgetNote:
    'Tidemark benutzt ihn nicht mehr. Alles, was dort liegt, bleibt und lässt sich mit dem Wiederherstellungscode jederzeit öffnen, auch mit dem Programm restic.',
  forget: 'Vergessen',
  forgetAsk: (place) => `„${place}“ vergessen?`,
  forgetLast: (plans) => `Danach hat ${plans} keinen Sicherungsort mehr.`,
  forgetKit:
    'Das Notfallblatt ist nicht bestätigt. Sobald dieser Computer den Schlüssel vergisst, öffnet nur noch der Code auf diesem Blatt die Kopien.',
};
