/**
 * Names of users and groups through the C library's own look-up (getpwuid_r, getgrgid_r), so that names from a directory
 * service are seen as every other program sees them; where that fails, /etc/passwd and /etc/group are read.
 * Answers are kept for the life of the thread: a look-up may cross the network. Works for Linux and macOS alike, where the
 * name is the first pointer of both structures.
 */
import koffi from 'koffi';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';

/** Larger than struct passwd and struct group on every 64-bit system. */
const STRUCT_BYTES = 256;
const MAX_TEXT_BYTES = 1024 * 1024;

type LookUp = (
  id: number,
  struct: Uint8Array,
  text: Uint8Array,
  textLength: number,
  result: Uint8Array,
) => number;

export class AccountNames {
  readonly #lookUp: LookUp;
  readonly #file: string;
  readonly #known = new Map<number, string | undefined>();

  constructor(kind: 'user' | 'group') {
    const call = kind === 'user' ? 'getpwuid_r' : 'getgrgid_r';
    this.#lookUp = koffi
      .load(null)
      .func(`int ${call}(uint32_t, void *, void *, uint64_t, void *)`) as unknown as LookUp;
    this.#file = kind === 'user' ? '/etc/passwd' : '/etc/group';
  }

  get(id: number): string | undefined {
    if (this.#known.has(id)) return this.#known.get(id);
    const name = this.#ask(id);
    this.#known.set(id, name);
    return name;
  }

  #ask(id: number): string | undefined {
    const struct = new BigUint64Array(STRUCT_BYTES / 8);
    const result = new BigUint64Array(1);
    // Group entries list every member, so the text can be long.
    for (let size = 4096; size <= MAX_TEXT_BYTES; size *= 4) {
      const text = Buffer.alloc(size);
      const failure = this.#lookUp(
        id,
        new Uint8Array(struct.buffer),
        text,
        size,
        new Uint8Array(result.buffer),
      );
      if (failure === constants.errno.ERANGE) continue;
      if (failure !== 0) break;
      if (result[0] === 0n) return undefined;
      const start = Number(struct[0]! - BigInt(koffi.address(text)));
      if (start < 0 || start >= size) break;
      return text.toString('utf8', start, text.indexOf(0, start)) || undefined;
    }
    return this.#fromFile(id);
  }

  #fromFile(id: number): string | undefined {
    try {
      for (const line of readFileSync(this.#file, 'utf8').split('\n')) {
        const [name, , number] = line.split(':');
        if (number === String(id)) return name || undefined;
      }
    } catch {
      // No such file: the number alone has to do.
    }
    return undefined;
  }
}
