/**
 * Looks for secrets wherever a program may have left them: as they are, in UTF-16, hexadecimal, base64 at any
 * alignment, without dashes, in small letters; in contents and names of files.
 */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** All forms of one secret that are looked for. */
export function formsOf(secret: string): Buffer[] {
  const texts = new Set([
    secret,
    secret.replaceAll('-', ''),
    secret.toLowerCase(),
    JSON.stringify(secret).slice(1, -1),
  ]);
  return [...texts].flatMap((text) => {
    const bytes = Buffer.from(text);
    return [bytes, Buffer.from(text, 'utf16le'), Buffer.from(bytes.toString('hex')), ...base64FormsOf(bytes)];
  });
}

/** What stays the same of a text in base64 whatever stands before and after it. */
function base64FormsOf(bytes: Buffer): Buffer[] {
  return [0, 1, 2].flatMap((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const middle = whole.slice(shift === 0 ? 0 : shift + 1, -2);
    return [Buffer.from(middle), Buffer.from(middle.replaceAll('+', '-').replaceAll('/', '_'))];
  });
}

/** The names of those secrets that are somewhere in the bytes. */
export function findSecrets(where: Buffer | string, secrets: Readonly<Record<string, string>>): string[] {
  const bytes = Buffer.from(where);
  return Object.entries(secrets)
    .filter(([, secret]) => formsOf(secret).some((form) => bytes.includes(form)))
    .map(([name]) => name);
}

/** `file: name of the secret`, for every file below a folder; `seen` counts them. */
export function findSecretsBelow(
  folder: string,
  secrets: Readonly<Record<string, string>>,
): { readonly found: string[]; readonly seen: number } {
  const found: string[] = [];
  let seen = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    found.push(...findSecrets(name, secrets).map((secret) => `name of ${path}: ${secret}`));
    if (!lstatSync(path).isFile()) continue;
    seen += 1;
    found.push(...findSecrets(readFileSync(path), secrets).map((secret) => `${path}: ${secret}`));
  }
  return { found, seen };
}

/** What stands in the argument lists and, where it may be read, the environments of all processes now. */
export function processTexts(): Buffer {
  const texts: Buffer[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    for (const file of ['cmdline', 'environ']) {
      try {
        texts.push(readFileSync(`/proc/${pid}/${file}`));
      } catch {
        // Ended meanwhile, or another person's.
        continue;
      }
    }
  }
  return Buffer.concat(texts);
}
