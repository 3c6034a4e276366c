/**
 * A drag out of the window. Other programs take files, so what is dragged is got ready first, while the button is held; the
 * system takes the drag over as soon as it is. Whoever lets go before that is told when it is ready, and drags once more:
 * then at once. One drag at a time; knows no page, only what is handed in.
 */
import type { JobValue } from '../../../text/job-titles.ts';
import type { PointGroup } from '../put-back/put-back-plan.ts';

export interface DragAsk {
  readonly placeId: string;
  readonly from: readonly Pick<PointGroup, 'snapshotId' | 'paths'>[];
  /** Too much to be dragged: what to do instead. */
  insteadOf(): void;
}

export type DragNews =
  /** `isHeld`: the button still is. `share`: null while nobody knows. */
  | {
      readonly kind: 'getting';
      readonly ask: DragAsk;
      readonly isHeld: boolean;
      readonly share: number | null;
    }
  | { readonly kind: 'ready'; readonly ask: DragAsk; readonly missing: number }
  /** The system has it. `missing`: files inside that could not be read. */
  | { readonly kind: 'given'; readonly ask: DragAsk; readonly missing: number }
  /** `error` of the job, or what a call threw; undefined: the system did not take it. */
  | { readonly kind: 'failed'; readonly ask: DragAsk; readonly job?: JobValue; readonly error?: unknown }
  | { readonly kind: 'over' };

export interface DragPorts {
  start(ask: DragAsk): Promise<string>;
  wait(jobId: string, onProgress: (share: number | null) => void): Promise<JobValue>;
  cancel(jobId: string): void;
  /** @throws when the files are not there any more */
  dragOut(jobId: string): Promise<void>;
  tell(news: DragNews): void;
}

interface Run {
  readonly key: string;
  readonly ask: DragAsk;
  jobId: string | undefined;
  share: number | null;
  isHeld: boolean;
  isReady: boolean;
  missing: number;
}

export class DragRun {
  readonly #ports: DragPorts;
  #run: Run | undefined;

  constructor(ports: DragPorts) {
    this.#ports = ports;
  }

  /** The person has begun to drag. */
  begin(ask: DragAsk): void {
    const key = JSON.stringify([ask.placeId, ask.from]);
    const before = this.#run;
    if (before?.key === key) {
      before.isHeld = true;
      if (before.isReady) void this.#give(before);
      else this.#tellGetting(before);
      return;
    }
    if (before !== undefined && !before.isReady) this.#cancel(before);
    const run: Run = {
      key,
      ask,
      jobId: undefined,
      share: null,
      isHeld: true,
      isReady: false,
      missing: 0,
    };
    this.#run = run;
    this.#tellGetting(run);
    void this.#getReady(run);
  }

  /** The button was let go. */
  release(): void {
    const run = this.#run;
    if (run === undefined || !run.isHeld) return;
    run.isHeld = false;
    if (!run.isReady) this.#tellGetting(run);
  }

  /** Not wanted any more. */
  stop(): void {
    const run = this.#run;
    if (run === undefined || run.isReady) return;
    this.#cancel(run);
    this.#run = undefined;
    this.#ports.tell({ kind: 'over' });
  }

  async #getReady(run: Run): Promise<void> {
    const { ask } = run;
    try {
      run.jobId = await this.#ports.start(ask);
      if (this.#run !== run) return this.#ports.cancel(run.jobId);
      const job = await this.#ports.wait(run.jobId, (share) => {
        run.share = share;
        if (this.#run === run) this.#tellGetting(run);
      });
      if (this.#run !== run) return;
      if (job.state !== 'done' && job.state !== 'doneExcept') {
        this.#run = undefined;
        return this.#ports.tell(job.state === 'cancelled' ? { kind: 'over' } : { kind: 'failed', ask, job });
      }
      run.isReady = true;
      run.missing = job.troubleCount;
      if (run.isHeld) await this.#give(run);
      else this.#ports.tell({ kind: 'ready', ask, missing: run.missing });
    } catch (error) {
      if (this.#run !== run) return;
      this.#run = undefined;
      this.#ports.tell({ kind: 'failed', ask, error });
    }
  }

  /** Stays ready: it may be dragged to another place, too. */
  async #give(run: Run): Promise<void> {
    const { ask, jobId, missing } = run;
    this.#ports.tell({ kind: 'given', ask, missing });
    try {
      await this.#ports.dragOut(jobId ?? '');
    } catch {
      if (this.#run === run) this.#run = undefined;
      this.#ports.tell({ kind: 'failed', ask });
    }
  }

  #cancel({ jobId }: Run): void {
    if (jobId !== undefined) this.#ports.cancel(jobId);
  }

  #tellGetting({ ask, isHeld, share }: Run): void {
    this.#ports.tell({ kind: 'getting', ask, isHeld, share });
  }
}
