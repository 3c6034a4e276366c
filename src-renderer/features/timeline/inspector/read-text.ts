/** Bytes as text that does nothing: control characters and those that turn the direction of writing become signs. Pure. */

export interface ReadText {
  readonly text: string;
  readonly isUtf8: boolean;
}

const UNSEEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** @param isCut more follows: a character at the end may be half */
export function readText(bytes: Uint8Array, isCut: boolean): ReadText {
  const [first, second, third] = bytes;
  if (first === 0xff && second === 0xfe) return { text: decode(bytes.subarray(2), 'utf-16le'), isUtf8: true };
  if (first === 0xfe && second === 0xff) return { text: decode(bytes.subarray(2), 'utf-16be'), isUtf8: true };
  const rest = first === 0xef && second === 0xbb && third === 0xbf ? bytes.subarray(3) : bytes;
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    return { text: inert(decoder.decode(rest, { stream: isCut })), isUtf8: true };
  } catch {
    return { text: decode(rest, 'windows-1252'), isUtf8: false };
  }
}

export function inert(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(UNSEEN, (sign) => {
    const code = sign.charCodeAt(0);
    // The signs for control characters that Unicode has.
    if (code < 32) return String.fromCharCode(0x2400 + code);
    return `⟨${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}

/** Sixteen bytes a line: where, as numbers, as signs. */
export function hexLines(bytes: Uint8Array): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const part = Array.from(bytes.subarray(at, at + 16));
    const numbers = part.map((byte) => byte.toString(16).padStart(2, '0'));
    const signs = part.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·'));
    const halves = [numbers.slice(0, 8).join(' '), numbers.slice(8).join(' ')].join('  ');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${halves.padEnd(48)}  ${signs.join('')}`);
  }
  return lines;
}

function decode(bytes: Uint8Array, encoding: string): string {
  return inert(new TextDecoder(encoding).decode(bytes));
}
