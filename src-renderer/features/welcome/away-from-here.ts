/**
 * Whether a place lies away from here, by its address alone. Doubt counts as here, because who believes that a copy is
 * away makes no other one. Pure.
 */

/** Networks of a house or a firm: names that no server on the internet has. */
const NEAR_ENDINGS = [
  'localhost',
  'local',
  'lan',
  'home',
  'internal',
  'intranet',
  'corp',
  'home.arpa',
  'fritz.box',
];

/**
 * Addresses that are not on the internet. Source: RFC 6890, and RFC 6598 for 100.64.0.0/10, which providers and private
 * networks across houses share.
 */
const NEAR_IPV4 = [
  /^(?:0|10|127)\./,
  /^192\.168\./,
  /^169\.254\./,
  /^172\.(?:1[6-9]|2\d|3[01])\./,
  /^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./,
];
/** None, this computer, link-local, unique local, and IPv4 in other clothes. */
const NEAR_IPV6 = /^\[(?:::|::1|fe[89ab].*|f[cd].*|::ffff:.*)\]$/;

/** A remote of rclone tells nothing of where it is. */
export function isAwayFromHere(location: string): boolean {
  const host = hostOf(location);
  if (host === undefined) return false;
  if (host.startsWith('[')) return !NEAR_IPV6.test(host);
  if (/^[\d.]+$/.test(host)) return !NEAR_IPV4.some((range) => range.test(host));
  return host.includes('.') && !NEAR_ENDINGS.some((ending) => host === ending || host.endsWith(`.${ending}`));
}

/** As an address has it: small letters, IPv6 in brackets. Undefined: it names no host. */
function hostOf(location: string): string | undefined {
  const [, kind = '', rest = ''] = /^(s3|rest|sftp):(.*)$/is.exec(location) ?? [];
  const authority =
    kind.toLowerCase() === 'sftp' && !rest.startsWith('//')
      ? /^(?:.*@)?([^:@]+):/s.exec(rest)?.[1]
      : /^(?:https?:)?(?:\/\/)?([^/]+)/i.exec(rest)?.[1];
  const host = authority === undefined ? undefined : URL.parse(`http://${authority}/`)?.hostname;
  // The root may be named.
  return host === undefined || host === '' ? undefined : host.replace(/\.$/, '');
}
