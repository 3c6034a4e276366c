/**
 * Questions that follow a hand: at most one is under way, of those asked meanwhile only the newest is asked next. An
 * answer that was overtaken is told all the same, since it is newer than what is in sight. Knows nothing of what is asked.
 */
export class LatestWins<Question, Answer> {
  readonly #ask: (question: Question, signal: AbortSignal) => Promise<Answer>;
  readonly #tell: (question: Question, result: { answer: Answer } | { error: unknown }) => void;
  #control: AbortController | undefined;
  #next: { readonly question: Question } | undefined;

  constructor(
    ask: (question: Question, signal: AbortSignal) => Promise<Answer>,
    tell: (question: Question, result: { answer: Answer } | { error: unknown }) => void,
  ) {
    this.#ask = ask;
    this.#tell = tell;
  }

  ask(question: Question): void {
    this.#next = { question };
    if (this.#control === undefined) void this.#run();
  }

  /** Whether anything is under way or waits. */
  isBusy(): boolean {
    return this.#control !== undefined;
  }

  /** Gives up what is under way; nothing more is told. */
  stop(): void {
    this.#next = undefined;
    this.#control?.abort();
    this.#control = undefined;
  }

  async #run(): Promise<void> {
    while (this.#next !== undefined) {
      const { question } = this.#next;
      this.#next = undefined;
      const control = new AbortController();
      this.#control = control;
      let result: { answer: Answer } | { error: unknown };
      try {
        result = { answer: await this.#ask(question, control.signal) };
      } catch (error) {
        result = { error };
      }
      if (control.signal.aborted) return;
      this.#tell(question, result);
      if (control.signal.aborted) return;
    }
    this.#control = undefined;
  }
}
