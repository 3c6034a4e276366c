/** Time as a port, so that tests can make it jump, stand still or lie. */
export interface Clock {
  /** Wall clock, milliseconds since 1970. */
  nowMs(): number;
  /** Never goes backwards; milliseconds since some moment. May stand still while the machine sleeps. */
  monotonicMs(): number;
  /** Resolves after `delayMs`; rejects with `job.cancelled` when the signal fires. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}
