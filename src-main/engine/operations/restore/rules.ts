/**
 * The rules for what is in the way of a restore, in a person's words, and what each means for the work. Restic's own rules
 * keep nothing: what they replace is gone. Ours can all be taken back. A path may have a rule of its own; which one counts
 * for an entry is decided here alone, for a plan as for the deed.
 */
import type { ByteString } from '#base/byte-string.ts';
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

/** Of the person's rules those that say something of a single path: what a version does not have is a matter of the whole. */
export type PathRule = Exclude<RestoreRule, Exclude<OverwriteRule, 'beside'> | 'exact'>;

export interface RuleByPath {
  /** As paths in results are; it and all below it. The deepest one counts. */
  readonly path: ByteString;
  readonly rule: PathRule;
}

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

export interface AskedRules {
  readonly overwrite: RestoreRule;
  readonly removeOthers?: boolean;
  readonly rulesByPath?: readonly RuleByPath[];
}

/** Whoever has others removed, or has a rule for a path, can always take it back, whatever the rule of the whole says. */
export function meaningOf({ overwrite, removeOthers = false, rulesByPath = [] }: AskedRules): RuleMeaning {
  const { overwrite: forAll, isUndoable, removesOthers } = MEANINGS[overwrite];
  return {
    overwrite: forAll,
    isUndoable: isUndoable || removeOthers || rulesByPath.length > 0,
    removesOthers: removesOthers || removeOthers,
  };
}

export class PathRules {
  readonly #own = new Map<ByteString, OverwriteRule>();

  constructor(rules: readonly RuleByPath[] = []) {
    for (const { path, rule } of rules) this.#own.set(path, MEANINGS[rule].overwrite);
  }

  /** What is in `folder`, by its name. Undefined: nothing there has a rule of its own, nor has the folder. */
  in(folder: ByteString): ((name: ByteString) => OverwriteRule | undefined) | undefined {
    if (this.#own.size === 0) return undefined;
    const prefix = folder === '/' ? folder : `${folder}/`;
    const inherited = this.of(folder);
    return (name) => this.#own.get((prefix + name) as ByteString) ?? inherited;
  }

  /** The path's own, or that of the nearest folder above it that has one. */
  of(path: ByteString): OverwriteRule | undefined {
    if (this.#own.size === 0) return undefined;
    for (let at = path; ; at = (at.slice(0, at.lastIndexOf('/')) || '/') as ByteString) {
      const rule = this.#own.get(at);
      if (rule !== undefined || at === '/') return rule;
    }
  }
}
