/** Three copies, two disks, one away: three circles that say how much of each there is, and one sentence. */
import { useFormats, useWords } from '../../text/use-words.ts';
import type { Meter } from './view-model.ts';

const RADIUS = 15;
const ROUND = 2 * Math.PI * RADIUS;

export function SafetyMeter({ meter }: { meter: Meter }) {
  const { welcome } = useWords();
  return (
    <section className="meter" aria-label={welcome.meter}>
      <div className="circles">
        <Circle is={meter.copies} of={3} label={welcome.copies} />
        <Circle is={meter.disks} of={2} label={welcome.kinds} />
        <Circle is={meter.away} of={1} label={welcome.away} />
      </div>
      <p>{welcome[meter.says]}</p>
    </section>
  );
}

function Circle({ is, of, label }: { is: number; of: number; label: string }) {
  const { welcome } = useWords();
  const { count } = useFormats();
  return (
    <span className="circle">
      <svg width="40" height="40" viewBox="0 0 40 40" aria-hidden="true">
        <circle className="rest" cx="20" cy="20" r={RADIUS} />
        <circle
          className="there"
          cx="20"
          cy="20"
          r={RADIUS}
          strokeDasharray={`${(ROUND * is) / of} ${ROUND}`}
          transform="rotate(-90 20 20)"
        />
        <text x="20" y="24.5" textAnchor="middle">
          {is}
        </text>
      </svg>
      <span>
        <b>{welcome.ofMany(count(is), count(of))}</b>
        <span>{label}</span>
      </span>
    </span>
  );
}
