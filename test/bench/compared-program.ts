/**
 * Tidemark or restic: both take the same arguments. Owns a program's repositories below one folder, each with a cache
 * of its own, and what is needed to run it the same way on every machine: nothing of the person's own settings.
 */
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { measureProcess, type MeasuredRun } from './measure-process.ts';

/** A place that is no folder: one repository for each name. */
export interface FarPlace {
  readonly location: (name: string) => string;
  /** What this program needs on its command line, and in its environment, to get there. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export class ComparedProgram {
  readonly name: string;
  readonly #program: string;
  readonly #folder: string;
  readonly #passwordFile: string;
  readonly #signal: AbortSignal;
  readonly #far: FarPlace | undefined;
  #farCount = 0;

  constructor(
    name: string,
    program: string,
    folder: string,
    passwordFile: string,
    signal: AbortSignal,
    far?: FarPlace,
  ) {
    this.#far = far;
    this.name = name;
    this.#program = program;
    this.#folder = path.join(folder, name.toLowerCase());
    this.#passwordFile = passwordFile;
    this.#signal = signal;
    mkdirSync(this.#folder, { recursive: true });
  }

  /** The same program with its repositories elsewhere. */
  at(far: FarPlace): ComparedProgram {
    return new ComparedProgram(
      this.name,
      this.#program,
      path.dirname(this.#folder),
      this.#passwordFile,
      this.#signal,
      far,
    );
  }

  get repository(): string {
    if (this.#far !== undefined) return this.#far.location(`${this.name.toLowerCase()}${this.#farCount}`);
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

  /** One in a far place goes with its server; the next one has another name. */
  removeRepository(): void {
    if (this.#far === undefined) rmSync(this.repository, { recursive: true, force: true });
    else this.#farCount++;
    rmSync(this.#cache, { recursive: true, force: true });
  }

  /** The repository as it is becomes what `takeKept` gives again and again. */
  keepRepository(): void {
    rmSync(this.keptRepository, { recursive: true, force: true });
    renameSync(this.repository, this.keptRepository);
  }

  takeKept(): void {
    rmSync(this.repository, { recursive: true, force: true });
    cpSync(this.keptRepository, this.repository, { recursive: true, preserveTimestamps: true });
  }

  backup(...sources: readonly string[]): Promise<MeasuredRun> {
    return this.#run(['backup', ...sources]);
  }

  /** Only Tidemark can be told what has changed. */
  backupTold(source: string, changed: string): Promise<MeasuredRun> {
    const list = path.join(this.#folder, 'changed-paths');
    writeFileSync(list, `${changed}\n`);
    return this.#run(['backup', '--changed-paths-from', list, source]);
  }

  /** All snapshots but the newest. */
  async forgetEarlier(): Promise<void> {
    await this.#run(['forget', '--group-by', '', '--keep-last', '1']);
  }

  /** Keeps nothing that is not used, so that both programs have the same to do. */
  prune(): Promise<MeasuredRun> {
    return this.#run(['prune', '--max-unused', '0']);
  }

  /** Copies what was kept into the repository, which is new and cuts files alike. */
  copyKept(): Promise<MeasuredRun> {
    return this.#run(['copy', ...this.#fromKept]);
  }

  async renewRepositoryAlike(): Promise<void> {
    this.removeRepository();
    await this.#run(['init', '--copy-chunker-params', ...this.#fromKept]);
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

  removeKept(): void {
    rmSync(this.keptRepository, { recursive: true, force: true });
  }

  get keptRepository(): string {
    return path.join(this.#folder, 'kept');
  }

  get #fromKept(): readonly string[] {
    return ['--from-repo', this.keptRepository, '--from-password-file', this.#passwordFile];
  }

  get #cache(): string {
    return path.join(this.#folder, 'cache');
  }

  #run(command: readonly string[]): Promise<MeasuredRun> {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(RESTIC|TIDEMARK)_/.test(name));
    return measureProcess(
      {
        program: this.#program,
        args: [
          '-r',
          this.repository,
          '--password-file',
          this.#passwordFile,
          ...(this.#far?.args ?? []),
          ...command,
        ],
        env: {
          ...Object.fromEntries(inherited),
          RESTIC_CACHE_DIR: this.#cache,
          XDG_CACHE_HOME: this.#cache,
          ...this.#far?.env,
        },
      },
      this.#signal,
    );
  }
}
