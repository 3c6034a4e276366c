/** Numbers and times as people read them on a terminal. Pure; sizes in powers of 1024, times in the local zone. */

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `0 B`, `999 B`, `1.5 KiB`, `12.3 MiB`. */
export function formatBytes(bytes: number | bigint): string {
  let value = Number(bytes);
  let unit = 0;
  // 1023.95 would be printed as 1024.0
  while (value >= 1023.95 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return unit === 0 ? `${Math.round(value)} B` : `${value.toFixed(1)} ${UNITS[unit]}`;
}

/** `0:07`, `12:34`, `1:02:03`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, '0'));
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${parts.join(':')}` : `${Number(parts[0])}:${parts[1]}`;
}

/** `2026-11-22 09:55:17` in the local zone, from RFC 3339; the text itself when it is no time. */
export function formatLocalTime(text: string): string {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text;
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `1 file`, `2 files`; `plural` for words that do not take an s. */
export function formatCount(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** Go's text of a file mode: `drwxr-xr-x`, `urwxr-xr-x`. Source: repository format, 10.3. */
export function formatMode(mode: number): string {
  const letters = 'dalTLDpSugct?';
  let text = '';
  for (let index = 0; index < letters.length; index++) {
    if (Math.floor(mode / 2 ** (31 - index)) % 2 === 1) text += letters[index];
  }
  if (text === '') text = '-';
  const permissions = 'rwxrwxrwx';
  for (let index = 0; index < 9; index++) text += mode & (1 << (8 - index)) ? permissions[index] : '-';
  return text;
}

/** Text that cannot disturb a terminal: control characters become visible escapes. */
export function formatName(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0);
    return code > 0xff
      ? `\\u${code.toString(16).padStart(4, '0')}`
      : `\\x${code.toString(16).padStart(2, '0')}`;
  });
}
