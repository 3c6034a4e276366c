/**
 * What a system said of a file or a place (`reason` of an error: a few English words, or a name such as ECONNREFUSED), in
 * German. What is not here stays as it came: it is told to whoever can help.
 */

const REASONS: Readonly<Record<string, string>> = {
  'permission denied': 'keine Erlaubnis',
  'the system does not allow this': 'das System erlaubt es nicht',
  'it does not exist': 'das gibt es nicht',
  'a part of the path is not a folder': 'ein Teil des Wegs ist kein Ordner',
  'it is a folder': 'das ist ein Ordner',
  'it is not a folder': 'das ist kein Ordner',
  'there is no such folder': 'diesen Ordner gibt es nicht',
  'the folder above it is missing': 'der Ordner darüber fehlt',
  'a symbolic link is in the way': 'ein symbolischer Link ist im Weg',
  'something with this name already exists': 'etwas mit diesem Namen gibt es schon',
  'the folder is not empty': 'der Ordner ist nicht leer',
  'the disk is full': 'der Datenträger ist voll',
  'the disk quota is used up': 'der zugeteilte Platz ist verbraucht',
  'the disk is read-only': 'der Datenträger lässt sich nur lesen',
  'the disk reported a read or write error': 'der Datenträger meldet einen Lese- oder Schreibfehler',
  'the file system is damaged': 'das Dateisystem ist beschädigt',
  'the file is in use': 'die Datei wird gerade benutzt',
  'too many files are open': 'zu viele Dateien sind offen',
  'the system is out of memory': 'dem System fehlt Arbeitsspeicher',
  'the name is too long': 'der Name ist zu lang',
  'the file is too large for this disk': 'die Datei ist zu groß für diesen Datenträger',
  'the file has too many hard links': 'die Datei hat zu viele harte Links',
  'it lies on another disk': 'das liegt auf einem anderen Datenträger',
  'this disk does not support it': 'dieser Datenträger kann das nicht',
  'this system does not support it': 'dieses System kann das nicht',
  'the system does not accept it': 'das System nimmt es nicht an',
  'this disk does not accept the name': 'dieser Datenträger nimmt den Namen nicht an',
  'the device is not there': 'das Gerät ist nicht da',
  'the network drive no longer knows it': 'das Netzlaufwerk kennt es nicht mehr',
  'the drive does not answer': 'das Laufwerk antwortet nicht',
  'the network drive does not answer': 'das Netzlaufwerk antwortet nicht',
  'the network drive is not connected': 'das Netzlaufwerk ist nicht verbunden',
  'the file lies in an archive and must be brought back from there first':
    'die Datei liegt in einem Archiv und muss erst von dort zurückgeholt werden',
  'it is not there': 'das ist nicht da',
  'the value is too large for this disk': 'der Wert ist zu groß für diesen Datenträger',
  'the value is too large for this system': 'der Wert ist zu groß für dieses System',
  'an unexpected error': 'ein unerwarteter Fehler',
  'its contents do not match its name': 'der Inhalt passt nicht zum Namen',
  'its list of entries is damaged': 'die Liste des Ordners ist beschädigt',
  'its list of entries is not in the index': 'die Liste des Ordners ist nicht verzeichnet',
  'its name would lead out of its folder': 'der Name würde aus dem Ordner hinausführen',
  'the folder has two entries of this name': 'der Ordner hat zwei Einträge dieses Namens',
  'it is of a kind that cannot be restored': 'diese Art lässt sich nicht zurücklegen',
  'its content is not recorded': 'der Inhalt ist nicht verzeichnet',
  'it has no tree': 'das Verzeichnis der Dateien fehlt',
  'another file with this name is already there': 'eine andere Datei mit diesem Namen ist schon da',
  'it is empty': 'leer',
  'it is too short': 'zu kurz',
  'its end is missing': 'das Ende fehlt',
  'its contents are not what was saved': 'der Inhalt ist nicht, was gespeichert wurde',
  'it holds something else': 'darin ist etwas anderes',
  'no computer of that name is known': 'einen Rechner dieses Namens gibt es nicht',
  'the name cannot be looked up just now; is there a network?':
    'der Name lässt sich gerade nicht nachschlagen; besteht eine Netzverbindung?',
  'that computer takes no SSH connections at this port':
    'der Rechner nimmt an diesem Port keine SSH-Verbindungen an',
  'the other side ended the connection': 'die Gegenseite hat die Verbindung beendet',
  'that computer does not answer': 'der Rechner antwortet nicht',
  'there is no network to it': 'es gibt kein Netz dorthin',
  'the connection was lost': 'die Verbindung ist abgebrochen',
  'that server does not offer SFTP': 'der Server bietet kein SFTP an',
  'there is no such folder on the server': 'diesen Ordner gibt es auf dem Server nicht',
  'the folder above it is missing on the server': 'der Ordner darüber fehlt auf dem Server',
  'the key files say': 'die Dateien mit den Schlüsseln melden',
  'the settings of ssh cannot be read': 'die Einstellungen von ssh lassen sich nicht lesen',
  'the way that the settings of ssh name is closed':
    'der Weg, den die Einstellungen von ssh nennen, ist versperrt',
  ECONNREFUSED: 'die Verbindung wird abgelehnt',
  ECONNRESET: 'die Verbindung ist abgebrochen',
  ECONNABORTED: 'die Verbindung ist abgebrochen',
  EHOSTDOWN: 'der Rechner ist nicht eingeschaltet',
  EHOSTUNREACH: 'der Rechner ist nicht zu erreichen',
  ENETDOWN: 'es gibt kein Netz',
  ENETUNREACH: 'es gibt kein Netz',
  ENOTCONN: 'das Netzlaufwerk ist nicht verbunden',
  EREMOTEIO: 'das Netzlaufwerk meldet einen Fehler',
  EIO: 'der Datenträger meldet einen Lese- oder Schreibfehler',
};

const REPORTED = /^the system reported (\S+)$/;
/** A reason of ours, and what another program said. */
const QUOTED = /^([^:]+): (.*)$/s;

export function why(reason: string): string {
  const [, code] = REPORTED.exec(reason) ?? [];
  if (code !== undefined) return `das System meldet ${code}`;
  const [, ours = '', said] = QUOTED.exec(reason) ?? [];
  const known = REASONS[ours];
  return known === undefined ? (REASONS[reason] ?? reason) : `${known}: ${said}`;
}
