/**
 * The counts behind the bars: asked for what is in sight and half as much at both ends, so that a little movement asks
 * nothing; what was there stays until the answer comes. One question under way at most.
 */
import type { WirePath } from '#contract/app/values.ts';
import { nameKey } from '../../../text/show-name.ts';
import { askedEdges, type Step } from './buckets.ts';
import { LatestWins } from '../latest-wins.ts';
import type { TimeRange } from '../view-store.ts';
import type { HeatBucket } from '../wire-types.ts';

export interface HeatQuestion {
  readonly placeId: string;
  readonly series: string;
  readonly folder: WirePath;
  readonly edges: readonly number[];
}

export interface HeatWish {
  readonly placeId: string;
  readonly series: string;
  readonly folder: WirePath;
  readonly range: TimeRange;
  readonly step: Step;
}

export interface HeatAnswer {
  readonly edges: readonly number[];
  readonly buckets: readonly HeatBucket[];
  readonly step: Step;
}

interface Asked extends HeatQuestion {
  readonly step: Step;
  readonly key: string;
}

export class HeatSource {
  readonly ask: (question: HeatQuestion, signal: AbortSignal) => Promise<readonly HeatBucket[]>;
  readonly #questions: LatestWins<Asked, readonly HeatBucket[]>;
  #asked: Asked | undefined;
  answer: HeatAnswer | undefined;

  constructor(
    ask: (question: HeatQuestion, signal: AbortSignal) => Promise<readonly HeatBucket[]>,
    tell: () => void,
  ) {
    this.ask = ask;
    this.#questions = new LatestWins(
      ({ placeId, series, folder, edges }, signal) => ask({ placeId, series, folder, edges }, signal),
      (asked, result) => {
        if ('error' in result) {
          // Asked again when anything moves.
          this.#asked = undefined;
          return;
        }
        if (asked.key !== this.#asked?.key) return;
        this.answer = { edges: asked.edges, buckets: result.answer, step: asked.step };
        tell();
      },
    );
  }

  want({ placeId, series, folder, range, step }: HeatWish): void {
    const key = `${placeId}\n${series}\n${nameKey(folder)}`;
    const asked = this.#asked;
    const isCovered =
      asked?.key === key &&
      asked.step.unit === step.unit &&
      asked.step.count === step.count &&
      (asked.edges[0] ?? Infinity) <= range.fromMs &&
      (asked.edges.at(-1) ?? -Infinity) >= range.toMs;
    if (isCovered) return;
    if (asked !== undefined && asked.key !== key) this.answer = undefined;
    this.#asked = { placeId, series, folder, edges: askedEdges(range, step), step, key };
    this.#questions.ask(this.#asked);
  }

  /** There are other points: what was answered is asked again. */
  forget(): void {
    this.#asked = undefined;
  }

  stop(): void {
    this.#questions.stop();
  }
}
