/** Which addresses a page may have opened in the person's browser: https, on hosts that our own texts name. */

/** Documentation of the repository format that every backup stays readable by. */
const KNOWN_HOSTS: ReadonlySet<string> = new Set(['restic.net', 'restic.readthedocs.io']);

export function isKnownWebAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, port, username, password } = new URL(address);
  return (
    protocol === 'https:' && port === '' && username === '' && password === '' && KNOWN_HOSTS.has(hostname)
  );
}
