/** The tray's menu as a value, from the mirror: which entries, with which words, doing what. Draws nothing. */
import type { MirrorParts } from '#contract/app/mirror-values.ts';
import type { PlanId } from '#contract/app/values.ts';
import { lastBackupWords, nextBackupWords, overviewSentence } from '#contract/app/overview-words.ts';
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

export function trayMenu(mirror: MirrorParts, nowMs: number): readonly TrayItem[] {
  return [
    action('open', 'Open Tidemark', { kind: 'open' }),
    { kind: 'separator' },
    { kind: 'text', id: 'state', label: stateLine(mirror, nowMs) },
    { kind: 'text', id: 'last', label: lastBackupWords(mirror, nowMs) },
    { kind: 'text', id: 'next', label: nextBackupWords(mirror, nowMs) },
    { kind: 'separator' },
    ...backUpItems(mirror),
    pauseItem(mirror, nowMs),
    action('restore', 'Get something back…', { kind: 'open', route: '/history' }),
    { kind: 'separator' },
    action('quit', 'Quit Tidemark', { kind: 'quit' }),
  ];
}

/** The text that shows when the pointer rests on the icon. */
export function trayToolTip(mirror: MirrorParts, nowMs: number): string {
  return `Tidemark: ${stateLine(mirror, nowMs)}`;
}

export function pauseEndMs(length: PauseLength, nowMs: number): number {
  if (length === 'hour') return nowMs + HOUR_MS;
  const morning = new Date(nowMs);
  morning.setDate(morning.getDate() + 1);
  return morning.setHours(MORNING_HOUR, 0, 0, 0);
}

function stateLine(mirror: MirrorParts, nowMs: number): string {
  const running = mirror.jobs.find(({ state }) => state === 'running');
  if (running?.kind === 'backup') {
    const plan = mirror.plans.find(({ id }) => id === running.planId);
    return plan === undefined ? 'Backing up' : `Backing up ${plan.name}`;
  }
  if (mirror.pause !== null) return `Paused until ${untilWords(mirror.pause.untilMs, nowMs)}`;
  // Menus are narrow: the first sentence is the verdict.
  return overviewSentence(mirror, nowMs).split(/(?<=\.) /)[0] ?? '';
}

function backUpItems({ plans, jobs }: MirrorParts): TrayItem[] {
  const active = plans.filter(({ isOn }) => isOn);
  const isBackingUp = jobs.some(({ kind, state }) => kind === 'backup' && state === 'running');
  const all = action(
    'back-up',
    'Back up now',
    { kind: 'backUp', planId: null },
    active.length > 0 && !isBackingUp,
  );
  if (active.length < 2) return [all];
  const each = active.map(({ id, name }) => action(`back-up:${id}`, name, { kind: 'backUp', planId: id }));
  return [all, { kind: 'menu', id: 'back-up-one', label: 'Back up one of them', items: each }];
}

function pauseItem({ pause, plans }: MirrorParts, nowMs: number): TrayItem {
  if (pause !== null) return action('go-on', 'Go on with backups', { kind: 'goOn' });
  const tomorrow = untilWords(pauseEndMs('tomorrow', nowMs), nowMs);
  return {
    kind: 'menu',
    id: 'pause',
    label: 'Pause',
    items: [
      action('pause:hour', 'For 1 hour', { kind: 'pause', length: 'hour' }, plans.length > 0),
      action('pause:tomorrow', `Until ${tomorrow}`, { kind: 'pause', length: 'tomorrow' }, plans.length > 0),
    ],
  };
}

function action(id: string, label: string, does: TrayAction, isEnabled = true): TrayItem {
  return { kind: 'action', id, label, isEnabled, action: does };
}
