/** What trying a place out showed, as lines for a person. Pure. */
import { fromWireError } from '#base/errors.ts';
import type { WirePlaceTrial } from '#contract/app/place-trial.ts';
import { wireError } from '#contract/app/values.ts';
import { errorText, WINDOW_WORDS } from '#contract/error-texts.ts';
import type { Speech } from '../../text/use-words.ts';

export interface TrialLine {
  /** hint: as the place is set up, and no fault; quiet: nobody knows. */
  readonly tone: 'good' | 'hint' | 'warning' | 'quiet';
  readonly title: string;
  readonly words: string;
}

type WireStep = WirePlaceTrial['writes'];
type WireSpeed = NonNullable<WirePlaceTrial['upload']>;

/** Dates of servers have whole seconds. */
const SAME_TIME_MS = 2_000;
/** Beyond it servers refuse, and versions get wrong dates. */
const HARMLESS_CLOCK_MS = 60_000;

export function trialView(
  trial: WirePlaceTrial,
  freeBytes: number | null,
  nowMs: number,
  { language, words: { places }, formats }: Speech,
): TrialLine[] {
  const words = places.trial;
  const { keeping, left, clockAheadMs } = trial;
  const keepsAll = keeping.kind === 'everything';
  const day = (untilMs: number): string => formats.moment(untilMs, nowMs);

  return [
    step(words.writes, trial.writes),
    step(words.readsBack, trial.readsBack),
    step(words.lists, trial.lists),
    keepsAll
      ? {
          tone: 'hint',
          title: words.removes,
          words: keeping.untilMs === null ? words.keepsAll : words.keepsAllUntil(day(keeping.untilMs)),
        }
      : step(words.removes, trial.removes),
    ...(keeping.kind === 'locked'
      ? [{ tone: 'hint', title: words.lock, words: words.lockedUntil(day(keeping.untilMs)) } as const]
      : []),
    known(words.free, freeBytes === null ? undefined : formats.bytes(freeBytes)),
    speed(words.upload, trial.upload),
    speed(words.download, trial.download),
    clock(),
    ...(left === null
      ? []
      : [
          {
            tone: 'hint',
            title: words.left,
            words:
              left.untilMs !== null
                ? words.leftUntil(formats.bytes(left.bytes), day(left.untilMs))
                : keepsAll
                  ? words.leftForGood(formats.bytes(left.bytes))
                  : words.leftBehind(formats.bytes(left.bytes)),
          } as const,
        ]),
  ];

  function step(title: string, done: WireStep): TrialLine {
    switch (done.kind) {
      case 'worked':
        return { tone: 'good', title, words: words.works };
      case 'notTried':
        return { tone: 'quiet', title, words: keepsAll ? words.notTriedKept : words.notTried };
      case 'failed': {
        const error = fromWireError(wireError.decode(done.error));
        return { tone: 'warning', title, words: errorText(error, WINDOW_WORDS, language).title };
      }
    }
  }

  function known(title: string, value: string | undefined): TrialLine {
    return value === undefined
      ? { tone: 'quiet', title, words: words.notTold }
      : { tone: 'good', title, words: value };
  }

  function speed(title: string, measured: WireSpeed | null): TrialLine {
    if (measured === null)
      return {
        tone: 'quiet',
        title,
        words: keepsAll || keeping.kind === 'locked' ? words.notMeasuredKept : words.notMeasured,
      };
    const perSecond = words.perSecond(formats.bytes((measured.bytes / measured.ms) * 1000));
    return measured.isSlower
      ? { tone: 'warning', title, words: words.slowerThan(perSecond) }
      : { tone: 'good', title, words: words.about(perSecond) };
  }

  function clock(): TrialLine {
    if (clockAheadMs === null) return { tone: 'quiet', title: words.clock, words: words.notTold };
    const offMs = Math.abs(clockAheadMs);
    if (offMs < SAME_TIME_MS) return { tone: 'good', title: words.clock, words: words.clockSame };
    const span = offMs < HARMLESS_CLOCK_MS ? words.seconds(Math.round(offMs / 1000)) : formats.about(offMs);
    return {
      tone: offMs < HARMLESS_CLOCK_MS ? 'good' : 'warning',
      title: words.clock,
      words: clockAheadMs > 0 ? words.clockAhead(span) : words.clockBehind(span),
    };
  }
}
