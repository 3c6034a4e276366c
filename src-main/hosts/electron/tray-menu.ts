/** The tray's menu as a value, from the mirror: which entries, with which words, doing what. Draws nothing. */
import type { MirrorParts } from '#contract/app/mirror-values.ts';
import type { PlanId } from '#contract/app/values.ts';
import { lastBackupWords, nextBackupWords, overviewSentence } from '#contract/app/overview-words.ts';
import type { Language } from '#contract/language.ts';
import { SHELL_TEXTS } from '#contract/shell-texts.ts';
import { untilWords } from '#contract/time-words.ts';

export type PauseLength = 'hour' | 'tomorrow';

export type TrayAction =
  | { readonly kind: 'open'; readonly route?: string }
  /** Null: every plan. */
  | { readonly kind: 'backUp'; readonly planId: PlanId | null }
  /** Reckoned when it is chosen: a menu may have stood for hours. */
  | { readonly kind: 'pause'; readonly length: PauseLength }
  | { readonly kind: 'goOn' }
  | { readonly kind: 'quit' };

export type TrayItem =
  | { readonly kind: 'separator' }
  | { readonly kind: 'text'; readonly id: string; readonly label: string }
  | {
      readonly kind: 'action';
      readonly id: string;
      readonly label: string;
      readonly isEnabled: boolean;
      readonly action: TrayAction;
    }
  | {
      readonly kind: 'menu';
      readonly id: string;
      readonly label: string;
      readonly items: readonly TrayItem[];
    };

const HOUR_MS = 3_600_000;
/** "Until tomorrow" ends when people get up. */
const MORNING_HOUR = 6;

export function trayMenu(mirror: MirrorParts, nowMs: number, language: Language): readonly TrayItem[] {
  const texts = SHELL_TEXTS[language];
  return [
    action('open', texts.open, { kind: 'open' }),
    { kind: 'separator' },
    { kind: 'text', id: 'state', label: stateLine(mirror, nowMs, language) },
    { kind: 'text', id: 'last', label: lastBackupWords(mirror, nowMs, language) },
    { kind: 'text', id: 'next', label: nextBackupWords(mirror, nowMs, language) },
    { kind: 'separator' },
    ...backUpItems(mirror, language),
    pauseItem(mirror, nowMs, language),
    action('restore', texts.restore, { kind: 'open', route: '/history' }),
    { kind: 'separator' },
    action('quit', texts.quit, { kind: 'quit' }),
  ];
}

/** The text that shows when the pointer rests on the icon. */
export function trayToolTip(mirror: MirrorParts, nowMs: number, language: Language): string {
  return `Tidemark: ${stateLine(mirror, nowMs, language)}`;
}

export function pauseEndMs(length: PauseLength, nowMs: number): number {
  if (length === 'hour') return nowMs + HOUR_MS;
  const morning = new Date(nowMs);
  morning.setDate(morning.getDate() + 1);
  return morning.setHours(MORNING_HOUR, 0, 0, 0);
}

function stateLine(mirror: MirrorParts, nowMs: number, language: Language): string {
  const texts = SHELL_TEXTS[language];
  const running = mirror.jobs.find(({ state }) => state === 'running');
  if (running?.kind === 'backup') {
    return texts.backingUp(mirror.plans.find(({ id }) => id === running.planId)?.name);
  }
  if (mirror.pause !== null) return texts.pausedUntil(untilWords(mirror.pause.untilMs, nowMs, language));
  // Menus are narrow: the first sentence is the verdict.
  return overviewSentence(mirror, nowMs, language).split(/(?<=\.) /)[0] ?? '';
}

function backUpItems({ plans, jobs }: MirrorParts, language: Language): TrayItem[] {
  const texts = SHELL_TEXTS[language];
  const active = plans.filter(({ isOn }) => isOn);
  const isBackingUp = jobs.some(({ kind, state }) => kind === 'backup' && state === 'running');
  const all = action(
    'back-up',
    texts.backUpNow,
    { kind: 'backUp', planId: null },
    active.length > 0 && !isBackingUp,
  );
  if (active.length < 2) return [all];
  const each = active.map(({ id, name }) => action(`back-up:${id}`, name, { kind: 'backUp', planId: id }));
  return [all, { kind: 'menu', id: 'back-up-one', label: texts.backUpOne, items: each }];
}

function pauseItem({ pause, plans }: MirrorParts, nowMs: number, language: Language): TrayItem {
  const texts = SHELL_TEXTS[language];
  if (pause !== null) return action('go-on', texts.goOn, { kind: 'goOn' });
  const tomorrow = untilWords(pauseEndMs('tomorrow', nowMs), nowMs, language);
  return {
    kind: 'menu',
    id: 'pause',
    label: texts.pause,
    items: [
      action('pause:hour', texts.pauseHour, { kind: 'pause', length: 'hour' }, plans.length > 0),
      action(
        'pause:tomorrow',
        texts.pauseUntil(tomorrow),
        { kind: 'pause', length: 'tomorrow' },
        plans.length > 0,
      ),
    ],
  };
}

function action(id: string, label: string, does: TrayAction, isEnabled = true): TrayItem {
  return { kind: 'action', id, label, isEnabled, action: does };
}
