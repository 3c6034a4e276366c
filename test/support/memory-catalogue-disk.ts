/** A CatalogueDisk in memory whose every step may be made to fail. */
import type { CatalogueDisk } from '#catalogue/catalogue-file.ts';

export class MemoryCatalogueDisk implements CatalogueDisk {
  readonly files = new Map<string, Uint8Array>();
  /** Called before every step that changes something; may throw. */
  onStep: (step: string) => void = () => undefined;

  async makeFolder(): Promise<void> {
    this.onStep('makeFolder');
  }

  async load(name: string): Promise<Uint8Array | undefined> {
    return this.files.get(name)?.slice();
  }

  async writeDurably(name: string, parts: readonly Uint8Array[]): Promise<void> {
    const bytes = new Uint8Array(Buffer.concat(parts));
    this.onStep('write');
    this.files.set(name, bytes.slice(0, bytes.length / 2));
    this.onStep('write the rest');
    this.files.set(name, bytes);
  }

  async rename(from: string, to: string): Promise<void> {
    this.onStep('rename');
    this.files.set(to, this.files.get(from)!);
    this.files.delete(from);
  }

  async remove(name: string): Promise<void> {
    this.onStep('remove');
    this.files.delete(name);
  }

  async syncFolder(): Promise<void> {
    this.onStep('syncFolder');
  }
}
