/** The one control for what is in the way. */
import { Radio } from '@mantine/core';
import { useWords } from '../../../text/use-words.ts';
import { EVERY_DAY_RULES, type RestoreRule } from './put-back-plan.ts';

export interface RuleChoiceProps {
  readonly value: RestoreRule;
  readonly canBeExact: boolean;
  onChange(rule: RestoreRule): void;
}

export function RuleChoice({ value, canBeExact, onChange }: RuleChoiceProps) {
  const { putBack: words } = useWords();
  const rules: readonly RestoreRule[] = canBeExact ? [...EVERY_DAY_RULES, 'exact'] : EVERY_DAY_RULES;
  return (
    <Radio.Group
      className="rule-choice"
      label={words.ruleLabel}
      value={value}
      onChange={(rule) => onChange(rule as RestoreRule)}
    >
      {rules.map((rule) => (
        <Radio
          key={rule}
          size="xs"
          value={rule}
          label={words.rules[rule]}
          description={rule === value ? words.ruleHints[rule] : undefined}
        />
      ))}
    </Radio.Group>
  );
}
