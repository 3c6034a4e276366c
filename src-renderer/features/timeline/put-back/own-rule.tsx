/** The rule of one file, where it is to be another than that for all. Quiet: most people never need it. */
import { NativeSelect } from '@mantine/core';
import type { WirePath } from '#contract/app/values.ts';
import { showLastName } from '../../../text/show-name.ts';
import { useWords } from '../../../text/use-words.ts';
import { EVERY_DAY_RULES, type PathRule } from './put-back-plan.ts';

/** In the place of a rule's name. */
const AS_FOR_ALL = '';

export function OwnRule(props: {
  readonly path: WirePath;
  /** Null: as for all. */
  readonly value: PathRule['rule'] | null;
  readonly isDisabled: boolean;
  onChange(rule: PathRule['rule'] | null): void;
}) {
  const { path, value, isDisabled, onChange } = props;
  const { putBack: words } = useWords();
  return (
    <NativeSelect
      className={value === null ? 'own-rule' : 'own-rule chosen'}
      size="xs"
      aria-label={words.ownRuleLabel(showLastName(path))}
      value={value ?? AS_FOR_ALL}
      disabled={isDisabled}
      onChange={({ currentTarget }) =>
        onChange(EVERY_DAY_RULES.find((rule) => rule === currentTarget.value) ?? null)
      }
      data={[
        { value: AS_FOR_ALL, label: words.asForAll },
        ...EVERY_DAY_RULES.map((rule) => ({ value: rule, label: words.ownRules[rule] })),
      ]}
    />
  );
}
