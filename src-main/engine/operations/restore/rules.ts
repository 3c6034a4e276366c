/**
 * The rules for what is in the way of a restore, in a person's words, and what each means for the work. Restic's own rules
 * keep nothing: what they replace is gone. Ours can all be taken back.
 */
import type { OverwriteRule } from '#pipeline/restore-types.ts';

/**
 * `replace-keep-current`: what is there goes into safe keeping. `keep-both`: the restored file gets a name of its own.
 * `only-missing`: what is there stays. `only-older`: what is there and older than the version's goes into safe keeping.
 * `exact`: as the first, and what the version does not have goes there too. The others are restic's; see OverwriteRule.
 */
export type RestoreRule =
  | Exclude<OverwriteRule, 'beside'>
  | 'replace-keep-current'
  | 'keep-both'
  | 'only-missing'
  | 'only-older'
  | 'exact';

export interface RuleMeaning {
  readonly overwrite: OverwriteRule;
  /** A journal is kept, and what is taken away. */
  readonly isUndoable: boolean;
  /** What the version does not have is taken away. */
  readonly removesOthers: boolean;
}

const MEANINGS: Readonly<Record<RestoreRule, RuleMeaning>> = {
  refuse: { overwrite: 'refuse', isUndoable: false, removesOthers: false },
  always: { overwrite: 'always', isUndoable: false, removesOthers: false },
  'if-changed': { overwrite: 'if-changed', isUndoable: false, removesOthers: false },
  'if-newer': { overwrite: 'if-newer', isUndoable: false, removesOthers: false },
  never: { overwrite: 'never', isUndoable: false, removesOthers: false },
  'replace-keep-current': { overwrite: 'always', isUndoable: true, removesOthers: false },
  'keep-both': { overwrite: 'beside', isUndoable: true, removesOthers: false },
  'only-missing': { overwrite: 'never', isUndoable: true, removesOthers: false },
  'only-older': { overwrite: 'if-newer', isUndoable: true, removesOthers: false },
  exact: { overwrite: 'always', isUndoable: true, removesOthers: true },
};

/** Whoever has others removed can always take it back, whatever the rule says of files. */
export function meaningOf(rule: RestoreRule, removesOthers: boolean): RuleMeaning {
  const meaning = MEANINGS[rule];
  return removesOthers ? { ...meaning, isUndoable: true, removesOthers: true } : meaning;
}
