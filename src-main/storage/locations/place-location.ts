/**
 * Where a repository is, taken apart: one shape for each kind of place. `parse-location.ts` makes them of text.
 * Credentials that are not part of the text come from the environment, when the place is opened.
 */
import type { SecretText } from '#base/secret-text.ts';

export interface LocalLocation {
  readonly kind: 'local';
  /** As typed, so perhaps relative. */
  readonly path: string;
}

export interface SftpLocation {
  readonly kind: 'sftp';
  readonly user?: string;
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port?: number;
  /** Absolute, or relative to the folder in which a login begins; without a slash at its end. */
  readonly path: string;
}

export interface S3Location {
  readonly kind: 's3';
  /** Scheme, host and port: `https://s3.example.org`. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Without slashes around; empty: the bucket itself. */
  readonly prefix: string;
}

export interface RestLocation {
  readonly kind: 'rest';
  /** http or https, without credentials, with a slash at its end. */
  readonly url: string;
  readonly user?: string;
  readonly password?: SecretText;
  /** The server listens on this socket; the URL's host means nothing then. */
  readonly socketPath?: string;
}

export interface RcloneLocation {
  readonly kind: 'rclone';
  /** As rclone takes it: `remote:path`. It may hold settings with secrets. */
  readonly remote: string;
}

export type PlaceLocation = LocalLocation | SftpLocation | S3Location | RestLocation | RcloneLocation;

export type PlaceKind = PlaceLocation['kind'];
