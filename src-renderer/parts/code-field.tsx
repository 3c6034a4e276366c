/** Where a recovery code (or passphrase) is typed: names the wrong group as soon as it is full. Keeps nothing. */
import { TextInput } from '@mantine/core';
import type { GroupProblem } from '#contract/key-codes.ts';
import type { Words } from '../text/language.ts';
import { useFormats, useWords } from '../text/use-words.ts';
import { readTypedCode, type TypedCode } from './read-typed-code.ts';
import { SecretInput } from './secret-input.tsx';

export interface CodeFieldProps {
  readonly label: string;
  readonly description?: string;
  readonly value: string;
  readonly onChange: (typed: string) => void;
  /** What the place said of it. */
  readonly refusal?: string | undefined;
  /** A password of another program: no groups, and not shown while it is typed. */
  readonly isPassword?: boolean;
}

export function CodeField({
  label,
  description,
  value,
  onChange,
  refusal,
  isPassword = false,
}: CodeFieldProps) {
  const words = useWords();
  const { count } = useFormats();
  const shared = {
    label,
    description,
    value,
    size: 'md' as const,
    autoComplete: 'off',
    autoCapitalize: 'off',
    spellCheck: false,
    onChange: ({ currentTarget }: { currentTarget: HTMLInputElement }) => onChange(currentTarget.value),
  };
  if (isPassword) return <SecretInput {...shared} error={refusal} />;
  const typed = readTypedCode(value);
  const problem = codeProblem(typed, words, count) ?? refusal;
  const isGrowing = typed.kind === 'growing' || typed.kind === 'complete';
  const right = typed.kind === 'growing' ? typed.rightGroups : 8;
  return (
    <div className="code-field">
      <TextInput {...shared} error={problem} />
      <p className="groups" aria-live="polite">
        {problem === undefined && isGrowing ? words.recover.rightGroups(count(right)) : ' '}
      </p>
    </div>
  );
}

function codeProblem(typed: TypedCode, words: Words, count: (value: number) => string): string | undefined {
  if (typed.kind === 'tooManyGroups') return words.kit.tooManyGroups;
  return typed.kind === 'wrong' ? groupProblemWords(typed.problem, words.kit, count) : undefined;
}

export function groupProblemWords(
  problem: GroupProblem,
  kit: Words['kit'],
  count: (value: number) => string,
): string {
  const number = count(problem.number);
  switch (problem.kind) {
    case 'mistyped':
      return kit.mistyped(number);
    case 'tooShort':
      return kit.tooShort(number);
    case 'tooLong':
      return kit.tooLong(number);
    case 'foreignCharacter':
      return kit.foreignCharacter(number, problem.character);
  }
}
