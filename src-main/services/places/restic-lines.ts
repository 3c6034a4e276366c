/**
 * How the copies are read with the plain restic program alone, as lines for a terminal. No secret: restic asks for the code.
 * Source: restic's manual, "Restoring from backup".
 */

/** @param location as restic writes it */
export function resticLines(location: string): string[] {
  const place = quoted(location);
  return [
    `restic -r ${place} snapshots`,
    `restic -r ${place} restore latest --target restored-files`,
    `restic -r ${place} check --read-data`,
  ];
}

/** As shells of Linux and macOS take it; left alone where nothing in it means something to them. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
