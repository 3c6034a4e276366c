/**
 * Everything a step of the programs' turns works with: the source that changes, two repositories with their models, the
 * programs, chance from a seed, a clock for snapshots' times, and the journal that a failure prints.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { SeededRandom } from '#test/bench/seeded-random.ts';
import { giveCheapKeyAt } from '#test/support/cheap-key.ts';
import { comparePictures, takePicture } from '#test/support/picture.ts';
import type { ProductRun } from '#test/support/product.ts';
import { RandomTree } from '#test/support/random-tree.ts';
import { ModelledRepository, type Version } from './modelled-repository.ts';
import type { Place, TurnCall, TurnProgram } from './turn-program.ts';

export class TurnWorld {
  readonly folder: string;
  readonly random: SeededRandom;
  readonly programs: readonly TurnProgram[];
  readonly source: RandomTree;
  readonly main: ModelledRepository;
  readonly second: ModelledRepository;
  readonly journal: string[] = [];
  #hours = 0;

  private constructor(
    folder: string,
    random: SeededRandom,
    programs: readonly TurnProgram[],
    main: ModelledRepository,
    second: ModelledRepository,
  ) {
    this.folder = folder;
    this.random = random;
    this.programs = programs;
    this.main = main;
    this.second = second;
    this.source = new RandomTree(join(folder, 'source'), random);
    this.source.mutate(15);
  }

  /** Two repositories that cut files alike, in an empty folder; which program makes them is up to chance. */
  static async create(folder: string, seed: number, programs: readonly TurnProgram[]): Promise<TurnWorld> {
    // Seeds that lie close together give other numbers from the first one on.
    const random = new SeededRandom(Math.imul(seed, 0x9e3779b1));
    const first = { folder: join(folder, 'first'), password: 'first password' };
    const other = { folder: join(folder, 'second'), password: 'second password' };
    const [one, two] = [programs[random.below(programs.length)]!, programs[random.below(programs.length)]!];
    expectCode(await one.run(first, ['init']), 0, `${one.name} init`);
    const args = ['init', '--from-repo', first.folder, '--copy-chunker-params'];
    expectCode(await two.run(other, args, { from: first }), 0, `${two.name} init of the second`);
    for (const made of [first, other]) await giveCheapKeyAt(made.folder, made.password);
    const [main, second] = [await ModelledRepository.of(first), await ModelledRepository.of(other)];
    return new TurnWorld(folder, random, programs, main, second);
  }

  /** Also into a file beside the repositories: long runs are looked at while they go on. */
  note(line: string): void {
    this.journal.push(line);
    fs.appendFileSync(join(this.folder, 'journal'), `${line}\n`);
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.random.below(from.length)];
    if (picked === undefined) throw new Error('there is nothing to pick from');
    return picked;
  }

  chance(percent: number): boolean {
    return this.random.below(100) < percent;
  }

  program(canDo: (program: TurnProgram) => boolean = () => true): TurnProgram {
    return this.pick(this.programs.filter(canDo));
  }

  version(repository: ModelledRepository): Version {
    return this.pick([...repository.versions.values()]);
  }

  /** As one of the people who have a password. */
  place({ folder, passwords }: ModelledRepository): Place {
    return { folder, password: this.pick([...passwords.values()]) };
  }

  /** Local time as the programs take it; later than all before. */
  nextTime(): string {
    this.#hours += 1 + this.random.below(20);
    const time = new Date(Date.UTC(2024, 0, 1) + this.#hours * 3_600_000);
    return time.toISOString().slice(0, 19).replace('T', ' ');
  }

  /** Runs a program and notes it; any other exit code than 0 fails the turn. */
  async succeed(
    program: TurnProgram,
    repository: ModelledRepository,
    args: readonly string[],
    call: TurnCall = {},
  ): Promise<ProductRun> {
    const run = await this.run(program, repository, args, call);
    expectCode(run, 0, this.journal.at(-1)!);
    return run;
  }

  async run(
    program: TurnProgram,
    repository: ModelledRepository,
    args: readonly string[],
    call: TurnCall = {},
  ): Promise<ProductRun> {
    const shown = args.map((arg) => (/^[0-9a-f]{64}$/.test(arg) ? arg.slice(0, 8) : arg));
    this.note(`  ${program.name} -r ${repository === this.main ? 'first' : 'second'} ${shown.join(' ')}`);
    const run = await program.run(this.place(repository), args, call);
    if (run.code !== 0) this.note(`    exit code ${run.code}: ${run.stderr.trim().slice(0, 300)}`);
    return run;
  }

  /** Restores a version and holds it against the model. */
  async assertRestores(
    program: TurnProgram,
    repository: ModelledRepository,
    version: Version,
  ): Promise<void> {
    const target = join(this.folder, 'restored');
    await this.succeed(program, repository, ['restore', version.id, '--target', target]);
    const differences = comparePictures(version.picture, takePicture(join(target, this.source.root)));
    fs.rmSync(target, { recursive: true });
    if (differences.length > 0)
      throw new Error(
        `${program.name} restores version ${version.id.slice(0, 8)} otherwise:\n${differences.slice(0, 20).join('\n')}`,
      );
  }
}

export function expectCode(run: ProductRun, code: number, what: string): void {
  if (run.code !== code)
    throw new Error(
      `${what.trim()}: exit code ${run.code} instead of ${code}\n${run.stderr.trim()}\n${run.stdout.trim().slice(-2000)}`,
    );
}
