/**
 * Whether a kit that was proven on another day is still at hand: one group typed from it, or a new one made now. Tidemark
 * asks by itself after some months; whoever comes before may look as well.
 */
import { TextInput } from '@mantine/core';
import { ShieldCheck } from 'lucide-react';
import { useEffect, useState } from 'react';
import { KIT_GROUP } from '#contract/recovery-code.ts';
import { useCore, useMirror } from '../../core-link/use-core.ts';
import { groupProblemWords } from '../../parts/code-field.tsx';
import { errorSentences } from '../../text/error-sentences.ts';
import { useFormats, useWords } from '../../text/use-words.ts';
import { LONGEST_TYPED_GROUP, readLoneGroup } from './proof-model.ts';
import { RenewCode } from './renew-code.tsx';

type Found =
  | { readonly kind: 'no' }
  | { readonly kind: 'yes'; readonly nextMs: number | null }
  | { readonly kind: 'otherKit' }
  | { readonly kind: 'refused'; readonly sentence: string };

export function FindKit({ placeId }: { placeId: string }) {
  const { calls } = useCore();
  const mirror = useMirror();
  const { kit } = useWords();
  const formats = useFormats();
  const [typed, setTyped] = useState('');
  const [isLeft, setLeft] = useState(false);
  const [found, setFound] = useState<Found>({ kind: 'no' });
  const isAsked = mirror?.health.problems.some(
    ({ code, placeIds }) => code === 'kitToFind' && placeIds.includes(placeId),
  );
  const group = readLoneGroup(typed, KIT_GROUP, isLeft);
  const complete = group.kind === 'right' ? group.text : '';
  useEffect(() => {
    if (complete === '') return undefined;
    let isCurrent = true;
    calls['places.findKit']({ placeId, group: complete }).then(
      ({ isRight, nextMs }) =>
        isCurrent && setFound(isRight ? { kind: 'yes', nextMs } : { kind: 'otherKit' }),
      (error: unknown) => isCurrent && setFound({ kind: 'refused', sentence: errorSentences(error) }),
    );
    return () => void (isCurrent = false);
  }, [complete, placeId]);
  const number = formats.count(KIT_GROUP);
  const problem =
    group.kind === 'wrong'
      ? groupProblemWords(group.problem, kit, formats.count)
      : found.kind === 'otherKit'
        ? kit.otherKit(number)
        : found.kind === 'refused'
          ? found.sentence
          : undefined;
  if (found.kind === 'yes')
    return (
      <section className="proof proven" role="status">
        <h2>
          <ShieldCheck size={20} strokeWidth={1.8} aria-hidden /> {kit.found}
        </h2>
        {found.nextMs !== null && <p>{kit.foundBody(formats.date(found.nextMs))}</p>}
      </section>
    );
  return (
    <section className="proof">
      <h2>{isAsked === true ? kit.findTitle : kit.provenBefore}</h2>
      <p>{isAsked === true ? kit.findBody : kit.provenBeforeBody}</p>
      <div className="two-groups">
        <TextInput
          size="md"
          label={kit.findGroup(number)}
          value={typed}
          error={problem}
          maxLength={LONGEST_TYPED_GROUP}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          onBlur={() => setLeft(true)}
          onChange={({ currentTarget: { value } }) => {
            setTyped(value);
            setFound({ kind: 'no' });
          }}
        />
      </div>
      <RenewCode placeId={placeId} ask={kit.cannotFind} />
    </section>
  );
}
