/**
 * What putting back would do, in words and rows, from what the core has prepared. A choice may reach into several
 * points (what is gone is taken from where it was last): each point is asked for on its own and all are told as one. Pure.
 */
import type { WirePath } from '#contract/app/values.ts';
import type { Formats } from '../../../text/formats.ts';
import type { Words } from '../../../text/language.ts';
import { showLastName } from '../../../text/show-name.ts';
import type { SelectedItem } from '../view-store.ts';
import type { Answers, Asks } from '../wire-types.ts';

export type RestorePlan = Answers<'restore.prepare'>;
export type RestoreLine = NonNullable<RestorePlan['files']>[number];
export type RestoreRule = Asks<'restore.prepare'>['rule'];

/** In the order in which they are offered; `exact` only for folders. */
export const EVERY_DAY_RULES = [
  'replace-keep-current',
  'keep-both',
  'only-missing',
  'only-older',
] as const satisfies readonly RestoreRule[];

/** Of one file, in the place of the rule for all. */
export type PathRule = NonNullable<Asks<'restore.prepare'>['rulesByPath']>[number];

/** What is taken from one point. */
export interface PointGroup {
  readonly snapshotId: string;
  readonly timeMs: number;
  readonly paths: readonly WirePath[];
}

export interface PlanSpeech {
  readonly words: Words['putBack'];
  readonly formats: Formats;
  readonly nowMs: number;
}

export interface PlanView {
  /** "Puts back 3 files: 1 is missing today, …" */
  readonly sentence: string;
  /** Bytes to fetch and space. */
  readonly costs: string;
  readonly hasRoom: boolean;
  readonly changes: number;
  readonly removed: number;
}

/** What was there at the moment in view is taken from it; what was gone, from the last point that has it. */
export function groupsOf(
  selection: readonly SelectedItem[],
  point: { readonly snapshotId: string; readonly timeMs: number },
): readonly PointGroup[] {
  const groups = new Map<string, { snapshotId: string; timeMs: number; paths: WirePath[] }>();
  for (const { path, deleted } of selection) {
    const { snapshotId, timeMs } = deleted?.lastSeen ?? point;
    const group = groups.get(snapshotId) ?? { snapshotId, timeMs, paths: [] };
    groups.set(snapshotId, group);
    group.paths.push(path);
  }
  return [...groups.values()];
}

/** As one; the free space is that of the disk, so it is counted once. */
export function joinPlans(plans: readonly RestorePlan[]): RestorePlan | undefined {
  const [first, ...others] = plans;
  if (first === undefined) return undefined;
  return others.reduce<RestorePlan>((sum, plan) => {
    const bytesToWrite = sum.bytesToWrite + plan.bytesToWrite;
    const freeBytes = sum.freeBytes ?? plan.freeBytes;
    return {
      restored: sum.restored + plan.restored,
      updated: sum.updated + plan.updated,
      beside: sum.beside + plan.beside,
      unchanged: sum.unchanged + plan.unchanged,
      kept: sum.kept + plan.kept,
      removed: sum.removed + plan.removed,
      bytesToWrite,
      freeBytes,
      hasRoom: sum.hasRoom && plan.hasRoom && (freeBytes === null || bytesToWrite <= freeBytes),
      problems: [...sum.problems, ...plan.problems],
      files: [...(sum.files ?? []), ...(plan.files ?? [])],
      filesCut: sum.filesCut || plan.filesCut,
    };
  }, first);
}

export function planView(
  plan: RestorePlan,
  choice: {
    /** When the version was made: what was changed since is newer. */
    readonly versionMs: number;
    /** Name of the folder for a copy; null: where it came from. */
    readonly folder: string | null;
    /** How long that much takes; undefined: nobody knows. */
    readonly fetchMs?: number | undefined;
  },
  { words, formats }: PlanSpeech,
): PlanView {
  const changes = plan.restored + plan.updated + plan.beside;
  const newer = (plan.files ?? []).filter((line) => isNewer(line, choice.versionMs)).length;
  const part = (say: (count: string, isOne: boolean) => string, count: number): string[] =>
    count === 0 ? [] : [say(formats.count(count), count === 1)];
  const parts = [
    ...part(choice.folder === null ? words.missing : words.isNew, plan.restored),
    ...part(words.replacesNewer, newer),
    ...part(words.replaces, plan.updated - newer),
    ...part(words.besides, plan.beside),
    ...part(words.unchanged, plan.unchanged),
    ...part(words.kept, plan.kept),
    ...part(words.removed, plan.removed),
  ];
  const what = words.files(formats.count(changes), changes === 1);
  const head =
    changes + plan.removed === 0
      ? words.nothingToDo
      : choice.folder === null
        ? words.putsBack(what)
        : words.putsCopies(what, choice.folder);
  return {
    sentence: parts.length === 0 ? `${head}.` : `${head}: ${parts.join(', ')}.`,
    costs: costsOf(plan, choice.fetchMs, words, formats),
    hasRoom: plan.hasRoom,
    changes,
    removed: plan.removed,
  };
}

/** Changed after the version was made. */
export function isNewer({ action, currentModifiedMs }: RestoreLine, versionMs: number): boolean {
  return action === 'updated' && currentModifiedMs !== null && currentModifiedMs > versionMs;
}

export function lineWords(
  line: RestoreLine,
  { versionMs, isCopy }: { readonly versionMs: number; readonly isCopy: boolean },
  { words, formats, nowMs }: PlanSpeech,
): string {
  if (isCopy && line.action === 'restored') return words.newThere;
  if (isNewer(line, versionMs))
    return words.replacesNewerLine(formats.ago(line.currentModifiedMs ?? 0, nowMs));
  return words.actions[line.action];
}

/** Whether a rule decides what becomes of it: something else is there today. */
export function isInTheWay({ action }: RestoreLine): boolean {
  return action === 'updated' || action === 'beside' || action === 'kept';
}

/** "Letters", "3 items". */
export function selectionWords(selection: readonly SelectedItem[], { words, formats }: PlanSpeech): string {
  const [first] = selection;
  if (first !== undefined && selection.length === 1) return words.quoted(showLastName(first.path));
  return words.items(formats.count(selection.length));
}

/** Only whole folders can be made exactly as they were. */
export function canBeExact(selection: readonly SelectedItem[]): boolean {
  return selection.length > 0 && selection.every(({ kind }) => kind === 'folder');
}

function costsOf(
  plan: RestorePlan,
  fetchMs: number | undefined,
  words: Words['putBack'],
  formats: Formats,
): string {
  const size = formats.bytes(plan.bytesToWrite);
  if (!plan.hasRoom) return words.noRoom(size, formats.bytes(plan.freeBytes ?? 0));
  if (plan.bytesToWrite === 0) return '';
  const free = plan.freeBytes;
  const fetch =
    fetchMs === undefined ? words.toFetch(size) : words.toFetchIn(size, timeWords(fetchMs, words, formats));
  return [fetch, ...(free === null ? [] : [words.room(size, formats.bytes(free))])].join(' ');
}

function timeWords(lengthMs: number, words: Words['putBack'], formats: Formats): string {
  const seconds = Math.max(1, Math.round(lengthMs / 1000));
  return seconds < 60 ? words.seconds(formats.count(seconds)) : formats.about(lengthMs);
}
