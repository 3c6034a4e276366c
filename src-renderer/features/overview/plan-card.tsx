/** One plan: its state, how old its newest version is in each place, and what comes next. */
import { useWords } from '../../text/use-words.ts';
import { Dot } from '../../ui/dot.tsx';
import { RestingButton } from '../../ui/resting-button.tsx';
import type { PlanView } from './view-model.ts';

export function PlanCard({ plan, onBackUp }: { readonly plan: PlanView; onBackUp(): void }) {
  const { overview } = useWords();
  return (
    <article className="card plan" aria-label={plan.name}>
      <div className="top">
        <div className="words">
          <h3>
            <a href={`#/folders/${encodeURIComponent(plan.id)}`} title={overview.edit(plan.name)}>
              {plan.name}
            </a>
          </h3>
          <p className="folders" title={plan.folders}>
            {plan.folders}
          </p>
        </div>
        <span className={`state ${plan.tone}`}>
          <Dot tone={plan.tone} /> {plan.state}
        </span>
        <RestingButton variant="default" size="compact-md" isResting={!plan.canBackUp} onClick={onBackUp}>
          <span aria-hidden="true">{overview.backUpNow}</span>
          <span className="unseen">{overview.backUpPlanNow(plan.name)}</span>
        </RestingButton>
      </div>
      <ul className="copies">
        {plan.copies.map((copy) => (
          <li key={copy.placeId}>
            <Dot tone={copy.tone} />
            <a href={`#/places/${encodeURIComponent(copy.placeId)}`}>{copy.place}</a>
            <span>{copy.words}</span>
          </li>
        ))}
        {plan.copies.length === 0 && <li className="quiet">{overview.noPlace}</li>}
        {plan.next !== '' && <li className="next">{plan.next}</li>}
      </ul>
    </article>
  );
}
