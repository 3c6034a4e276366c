/**
 * Settings of places beyond their address, as restic takes them: `-o s3.region=eu-west-1`. Pure. A name that nobody knows is
 * refused, so that no typing error is silent; no refusal repeats a value, because that may hold a password. Settings of a kind
 * that none of the places is of are allowed, as with restic.
 */
import { TidemarkError } from '#base/errors.ts';
import { splitCommand } from '#base/split-command.ts';
import type { PlaceKind } from '#storage/locations/place-location.ts';

/** `auto`: as restic decides. `path`: https://host/bucket. `dns`: https://bucket.host. */
export type S3BucketLookup = 'auto' | 'path' | 'dns';

export interface S3Settings {
  readonly bucketLookup?: S3BucketLookup;
  readonly region?: string;
  readonly storageClass?: string;
  /** For servers that know only the first way of listing. */
  readonly listsAsV1?: boolean;
  /** No keys are used, whatever there is. */
  readonly isAnonymous?: boolean;
}

export interface RcloneSettings {
  /** The program, and what comes before everything else that it is told. */
  readonly program?: readonly string[];
  /** For `rclone serve restic`, in place of what it is told by itself. */
  readonly args?: readonly string[];
  /** Until it takes connections. */
  readonly timeoutMs?: number;
}

export interface PlaceSettings {
  /** Calls under way at a time. */
  readonly connections?: Readonly<Partial<Record<PlaceKind, number>>>;
  readonly s3?: S3Settings;
  /** Arguments of ssh, as far as they say how a host is reached and who logs in. */
  readonly sftp?: { readonly args: readonly string[] };
  readonly rclone?: RcloneSettings;
}

const LOOKUPS: readonly S3BucketLookup[] = ['auto', 'dns', 'path'];

const OPTIONS: Readonly<Record<string, (value: string, name: string) => PlaceSettings>> = {
  'local.connections': (value, name) => ({ connections: { local: count(value, name) } }),
  'rclone.args': (value, name) => ({ rclone: { args: serveArguments(value, name) } }),
  'rclone.connections': (value, name) => ({ connections: { rclone: count(value, name) } }),
  'rclone.program': (value, name) => ({ rclone: { program: splitCommand(name, value) } }),
  'rclone.timeout': (value, name) => ({ rclone: { timeoutMs: span(value, name) } }),
  'rest.connections': (value, name) => ({ connections: { rest: count(value, name) } }),
  's3.bucket-lookup': (value, name) => ({ s3: { bucketLookup: lookup(value, name) } }),
  's3.connections': (value, name) => ({ connections: { s3: count(value, name) } }),
  's3.list-objects-v1': (value, name) => ({ s3: { listsAsV1: yesOrNo(value, name) } }),
  's3.region': (value, name) => ({ s3: { region: text(value, name) } }),
  's3.storage-class': (value, name) => ({ s3: { storageClass: storageClass(value, name) } }),
  's3.unsafe-anonymous-auth': (value, name) => ({ s3: { isAnonymous: yesOrNo(value, name) } }),
  'sftp.args': (value, name) => ({ sftp: { args: splitCommand(name, value) } }),
  'sftp.connections': (value, name) => ({ connections: { sftp: count(value, name) } }),
};

/** Options of restic's that cannot be had here, with what helps instead. */
const NOT_HERE: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [
    /^sftp\.command$/,
    'SSH is spoken here without a program; give arguments of ssh in sftp.args, or a ProxyCommand in ~/.ssh/config',
  ],
  [
    /^s3\.(enable-restore|restore-.*)$/,
    'bring the files back from the archive at the provider, then start again',
  ],
  [/^s3\.retries$/, 'what may pass is tried again for 15 minutes'],
  [/^s3\.layout$/, 'there is one layout only'],
  [/^(b2|gs|azure|swift)\./, 'places of this kind are reached through rclone'],
];

/** `texts`: `name=value` each. @throws request.invalidInput */
export function parsePlaceSettings(texts: readonly string[]): PlaceSettings {
  const given = new Map<string, string>();
  for (const each of texts) {
    const [, typed = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(each) ?? [];
    const name = typed.trim().toLowerCase();
    if (given.has(name) && given.get(name) !== value.trim())
      throw invalid(name, 'it is given twice, and not the same');
    given.set(name, value.trim());
  }
  return [...given].reduce<PlaceSettings>((all, [name, value]) => merge(all, parse(name, value)), {});
}

function parse(name: string, value: string): PlaceSettings {
  if (Object.hasOwn(OPTIONS, name)) return OPTIONS[name]!(value, name);
  const reason = NOT_HERE.find(([pattern]) => pattern.test(name))?.[1];
  throw invalid(name, reason ?? `there is no such option; there are ${Object.keys(OPTIONS).join(', ')}`);
}

function merge(a: PlaceSettings, b: PlaceSettings): PlaceSettings {
  return {
    ...a,
    ...b,
    ...(a.connections && b.connections ? { connections: { ...a.connections, ...b.connections } } : {}),
    ...(a.s3 && b.s3 ? { s3: { ...a.s3, ...b.s3 } } : {}),
    ...(a.rclone && b.rclone ? { rclone: { ...a.rclone, ...b.rclone } } : {}),
  };
}

function text(value: string, name: string): string {
  if (value === '') throw invalid(name, 'a value is missing after =');
  return value;
}

function count(value: string, name: string): number {
  if (!/^[1-9]\d{0,3}$/.test(value)) throw invalid(name, 'give a number from 1 to 9999');
  return Number(value);
}

/** As Go's ParseBool, which restic uses. */
function yesOrNo(value: string, name: string): boolean {
  if (/^(1|t|true|T|TRUE|True)$/.test(value)) return true;
  if (/^(0|f|false|F|FALSE|False)$/.test(value)) return false;
  throw invalid(name, 'give true or false');
}

function lookup(value: string, name: string): S3BucketLookup {
  const found = LOOKUPS.find((each) => each === value.toLowerCase());
  if (found === undefined) throw invalid(name, 'give auto, dns or path');
  return found;
}

/** Providers have classes of their own, so any word will do. */
function storageClass(value: string, name: string): string {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(value)) throw invalid(name, 'give a class, such as STANDARD_IA');
  return value;
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** As Go's durations: `90s`, `1m30s`. */
function span(value: string, name: string): number {
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  const ms = parts.reduce((sum, [, number, unit]) => sum + Number(number) * UNITS_MS[unit!]!, 0);
  const isWhole = parts.map(([part]) => part).join('') === value;
  if (!isWhole || ms < 1) throw invalid(name, 'write it like 30s or 1m30s');
  return ms;
}

/** As restic is told them; how rclone is reached is decided here. */
function serveArguments(value: string, name: string): readonly string[] {
  const [serve, restic, ...rest] = splitCommand(name, value);
  if (serve !== 'serve' || restic !== 'restic') throw invalid(name, 'it begins with: serve restic');
  if (rest.some((each) => /^--(addr|user|pass|htpasswd|cert|key|baseurl)(=|$)/.test(each)))
    throw invalid(name, 'the address and the login of the connection to rclone are not to be chosen');
  return rest.filter((each) => each !== '--stdio');
}

function invalid(name: string, reason: string): TidemarkError {
  return new TidemarkError('request.invalidInput', { what: `option ${name === '' ? '-o' : name}`, reason });
}
