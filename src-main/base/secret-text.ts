/**
 * A secret as text, wrapped so that it cannot get anywhere by accident: printed, put into JSON or into a message it
 * is `[secret]`, and sent to another thread or process it arrives empty. Whoever needs it says so with `reveal`.
 */
export class SecretText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Only where the secret is used: to derive a key, to hand it to the keychain, to show it to its owner. */
  reveal(): string {
    return this.#text;
  }

  /** As restic takes it: byte for byte. */
  toPassword(): Uint8Array {
    return new TextEncoder().encode(this.#text);
  }

  equals(other: SecretText): boolean {
    return this.#text === other.#text;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  /** What `console.log` and the loggers of Node print. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return HIDDEN;
  }
}

const HIDDEN = '[secret]';
