/**
 * Two groups typed from the page show that it is at hand; then the place itself is opened with the whole code, which
 * this window still knows. Only when both went well is the kit proven.
 */
import { Button, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { SecretText } from '#base/secret-text.ts';
import { groupProblemWords } from '../../parts/code-field.tsx';
import { useFormats, useWords } from '../../text/use-words.ts';
import { chooseGroups, LONGEST_TYPED_GROUP, readTypedGroup, type TypedGroup } from './proof-model.ts';
import { useProof } from './use-proof.ts';
import { Later } from './later.tsx';

export interface ProveByGroupsProps {
  readonly placeId: string;
  readonly code: SecretText;
  /** The person's own passphrase opens the place as well. */
  readonly hasPassphrase: boolean;
  /** The person begins to type: the code need not be shown beside it. */
  readonly onBegin: () => void;
}

export function ProveByGroups({ placeId, code, hasPassphrase, onBegin }: ProveByGroupsProps) {
  const { kit } = useWords();
  const { count } = useFormats();
  // Chosen anew with each page that is opened, so that nobody learns two groups and throws the page away.
  const [numbers] = useState(() => chooseGroups(twoChances()));
  const [typed, setTyped] = useState<readonly [string, string]>(['', '']);
  const [left, setLeft] = useState<readonly [boolean, boolean]>([false, false]);
  const { proof, prove } = useProof(placeId);
  const read = numbers.map((number, at) => readTypedGroup(typed[at] ?? '', number, code, left[at] === true));
  const areRight = read.every(({ kind }) => kind === 'right');
  useEffect(() => {
    if (areRight) prove(code.reveal());
  }, [areRight]);
  const words = (group: TypedGroup, number: number): string | undefined => {
    if (group.kind === 'wrong') return groupProblemWords(group.problem, kit, count);
    return group.kind === 'otherKit' ? kit.otherKit(count(number)) : undefined;
  };
  return (
    <section className="proof">
      <h2>{kit.proofTitle}</h2>
      <p>{kit.proofBody(count(numbers[0]), count(numbers[1]))}</p>
      <div className="two-groups">
        {numbers.map((number, at) => (
          <TextInput
            key={number}
            size="md"
            label={kit.group(count(number))}
            value={typed[at] ?? ''}
            error={words(read[at] ?? { kind: 'growing' }, number)}
            maxLength={LONGEST_TYPED_GROUP}
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            disabled={proof.kind === 'asking'}
            data-right={read[at]?.kind === 'right' || undefined}
            onFocus={onBegin}
            onBlur={() => setLeft(at === 0 ? [true, left[1]] : [left[0], true])}
            onChange={({ currentTarget: { value } }) =>
              setTyped(at === 0 ? [value, typed[1]] : [typed[0], value])
            }
          />
        ))}
      </div>
      <div role="status" aria-live="polite">
        {proof.kind === 'asking' && <p>{kit.proving}</p>}
      </div>
      {proof.kind === 'refused' && (
        <div className="refusal" role="alert">
          <p>{proof.sentence}</p>
          <Button variant="default" onClick={() => prove(code.reveal())}>
            {kit.prove}
          </Button>
        </div>
      )}
      <Later hasPassphrase={hasPassphrase} />
    </section>
  );
}

function twoChances(): [number, number] {
  const [one = 0, other = 0] = crypto.getRandomValues(new Uint32Array(2));
  return [one / 2 ** 32, other / 2 ** 32];
}
