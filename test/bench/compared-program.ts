/**
 * Tidemark or restic: both take the same arguments. Owns a program's repositories below one folder, each with a cache
 * of its own, and what is needed to run it the same way on every machine: nothing of the person's own settings.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { measureProcess, type MeasuredRun } from './measure-process.ts';

export class ComparedProgram {
  readonly name: string;
  readonly #program: string;
  readonly #folder: string;
  readonly #passwordFile: string;
  readonly #signal: AbortSignal;

  constructor(name: string, program: string, folder: string, passwordFile: string, signal: AbortSignal) {
    this.name = name;
    this.#program = program;
    this.#folder = path.join(folder, name.toLowerCase());
    this.#passwordFile = passwordFile;
    this.#signal = signal;
    mkdirSync(this.#folder, { recursive: true });
  }

  get repository(): string {
    return path.join(this.#folder, 'repository');
  }

  get target(): string {
    return path.join(this.#folder, 'restored');
  }

  /** A new, empty repository in place of the one there was. */
  async renewRepository(): Promise<void> {
    this.removeRepository();
    await this.#run(['init']);
  }

  removeRepository(): void {
    rmSync(this.repository, { recursive: true, force: true });
    rmSync(this.#cache, { recursive: true, force: true });
  }

  backup(source: string): Promise<MeasuredRun> {
    return this.#run(['backup', source]);
  }

  /** Into `target`, which the caller has removed. */
  restore(): Promise<MeasuredRun> {
    if (existsSync(this.target)) throw new Error(`${this.target} is still there`);
    return this.#run(['restore', 'latest', '--target', this.target]);
  }

  removeTarget(): void {
    rmSync(this.target, { recursive: true, force: true });
  }

  check(): Promise<MeasuredRun> {
    return this.#run(['check', '--read-data']);
  }

  get #cache(): string {
    return path.join(this.#folder, 'cache');
  }

  #run(command: readonly string[]): Promise<MeasuredRun> {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(RESTIC|TIDEMARK)_/.test(name));
    return measureProcess(
      {
        program: this.#program,
        args: ['-r', this.repository, '--password-file', this.#passwordFile, ...command],
        env: { ...Object.fromEntries(inherited), RESTIC_CACHE_DIR: this.#cache },
      },
      this.#signal,
    );
  }
}
