import type { keys as english } from '../en/keys.ts';
import type { Translated } from '../translated.ts';

export const keys: Translated<typeof english> = {
  title: 'Wer die Kopien öffnen kann',
  note: 'Jedes davon öffnet die Kopien für sich allein. Kommt eines dazu oder wird eines zurückgezogen, wird nichts neu kopiert.',
  loading: 'Die Sicherungsorte werden gefragt',
  unknown: (place) => `Über die Schlüssel von ${place} ist nichts bekannt: Schließe den Ort einmal an.`,

  thisComputer: 'Dieser Computer',
  thisComputerNote: 'Von selbst, für das tägliche Sichern',
  otherComputer: (name) => `Ein anderer Computer: ${name}`,
  recovery: 'Wiederherstellungscode',
  helper: 'Helfercode',
  helperFor: (name) => `Helfercode für ${name}`,
  passphrase: 'Eigene Passphrase',
  foreign: 'Schlüssel eines anderen Programms',
  foreignBy: (name) => `Schlüssel eines anderen Programms, erstellt auf ${name}`,
  made: (day) => `erstellt am ${day}`,
  opens: (places) => `öffnet ${places}`,
  willOpen: (places) => `öffnet ${places}, sobald der Ort angeschlossen und frei ist`,
  willBeWithdrawn: (places) =>
    `öffnet ${places} noch; wird zurückgezogen, sobald der Ort angeschlossen und frei ist`,
  damaged: (places) => `in ${places} beschädigt: öffnet dort nichts`,
  notThere: (places) => `öffnet ${places} nicht, weil der Ort später dazukam`,
  asLastSeen: (places) => `${places}: so, wie es beim letzten Mal war`,
  inUse: 'In Gebrauch',
  lastWay: 'Bleibt, bis ein anderer Zugang bewiesen ist',

  withdraw: 'Zurückziehen',
  withdrawTitle: (key) => `Zurückziehen: ${key}`,
  withdrawBody: (places) => `Damit lässt sich ${places} nicht mehr öffnen.`,
  withdrawHonest:
    'Wer einen Ort früher kopiert hat und diesen Code hat, kann jene Kopie weiterhin öffnen. Was damit gelesen oder kopiert wurde, lässt sich nicht zurückholen.',
  withdrawCode:
    'Dein Blatt mit diesem Code öffnet ihn nicht mehr. Tidemark bittet dich einmal zu beweisen, dass du ohne diesen Computer hineinkommst.',
  withdrawComputer: 'Jener Computer sichert dort nicht mehr, bis auf ihm wieder ein Code eingetippt wird.',
  withdrawForeign:
    'Programme, die diesen Schlüssel benutzen, zum Beispiel restic, öffnen den Ort nicht mehr. Tidemark hat ihn nicht erstellt und weiß nicht, wer ihn hat.',
  keep: 'So lassen',
  close: 'Schließen',
  withdrawn: 'Zurückgezogen.',
  refusedAt: (place, why) => `${place}: ${why}`,
  owedAt: (places) => `${places} folgt, sobald der Ort angeschlossen und frei ist.`,

  toKeys: 'Wer sie öffnen kann',

  addHelper: 'Helfercode hinzufügen',
  addHelperTitle: 'Jemand anders darf das öffnen',
  addHelperBody:
    'Verwandte oder Kollegen bekommen ein Blatt mit einem eigenen Code. Er öffnet dieselben Kopien wie deiner, alle, und lässt sich einzeln zurückziehen.',
  givenTo: 'Übergeben an',
  givenToHint: 'Ein Name, an dem du ihn wiedererkennst',
  makePage: 'Blatt erstellen',

  helperTitle: (name) => `Das Helferblatt für ${name}`,
  helperLead:
    'Drucke oder speichere es jetzt: Der Code wird nur dieses eine Mal gezeigt und nirgends aufbewahrt. Wer dieses Blatt und die Kopien hat, kann deine Dateien lesen.',
  helperGone: 'Der Code dieses Blatts wurde einmal gezeigt und ist nirgends aufbewahrt.',
  helperGoneBody: 'Ist das Blatt verloren, ziehe den Code zurück und erstelle einen neuen.',
  helperOwed: (places) => `Der Code öffnet ${places}, sobald der Ort wieder einmal angeschlossen war.`,
  helperRefused: (places) => `Der Code öffnet ${places} nicht.`,
  helperFileName: (name) => `Tidemark Helferblatt ${name}.pdf`,
  back: 'Notfallblatt',

  setPassphrase: 'Eigene Passphrase festlegen',
  changePassphrase: 'Passphrase ändern',
  passphraseTitle: 'Deine eigene Passphrase',
  passphraseBody:
    'Sie öffnet dasselbe wie der Wiederherstellungscode, auf jedem Computer, auch mit restic. Sie steht in deinem Kopf und sonst nirgends; der Wiederherstellungscode gilt weiter.',
  passphraseField: 'Passphrase',
  passphraseHint: 'Zum Beispiel vier oder mehr Wörter, die nicht zusammengehören',
  passphraseAgain: 'Noch einmal',
  notTheSame: 'Das ist nicht dasselbe.',
  measuring: 'Wird gemessen',
  leaked: 'Das steht auf den Listen durchgesickerter Passwörter, die jeder zuerst probiert.',
  tooEasy: (count) =>
    `Etwa ${count} Versuche: Wer die Kopien hat, könnte sie herausfinden. Nimm noch ein Wort dazu.`,
  holds: (count) => `Etwa ${count} Versuche: Das dauert Jahre, auch für jemanden mit vielen Computern.`,
  holdsLong: (count) => `Etwa ${count} Versuche: Da kommt niemand durch.`,
  moreThan: (count) => `mehr als ${count}`,
  save: 'Festlegen',
  passphraseSet: 'Die Passphrase öffnet die Kopien von jetzt an.',
};
