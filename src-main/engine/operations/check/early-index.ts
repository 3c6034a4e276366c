/**
 * The index, read with its survey while the exclusive lock is still being confirmed. Others may be at work until then, so
 * it is only an offer: under the lock it counts when nothing in it was amiss and the index files are still the same ones.
 */
import type { LoadedIndex } from '#repository/index-loader.ts';
import type { Repository } from '#repository/repository.ts';
import { IndexSurvey } from './index-survey.ts';

export interface SurveyedIndex {
  readonly survey: IndexSurvey;
  readonly loaded: LoadedIndex;
}

export class EarlyIndex {
  readonly #repository: Repository;
  #reading: Promise<SurveyedIndex | undefined> = Promise.resolve(undefined);

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  begin(stop: AbortSignal): void {
    this.#reading = readSurveyed(this.#repository, stop).catch(() => undefined);
  }

  /** To be called under the lock. Reads anew whatever does not hold good. @throws storage errors, job.cancelled */
  async take(signal: AbortSignal | undefined): Promise<SurveyedIndex> {
    const early = await this.#reading;
    const holdsGood =
      early !== undefined &&
      early.loaded.damaged.length === 0 &&
      (await this.#repository.isCurrent(early.loaded, signal));
    return holdsGood ? early : readSurveyed(this.#repository, signal);
  }
}

async function readSurveyed(repository: Repository, signal: AbortSignal | undefined): Promise<SurveyedIndex> {
  const survey = new IndexSurvey();
  return { survey, loaded: await repository.readIndex({ signal, observer: survey }) };
}
