/** Stands for what is on its way. Shown only when that takes longer than an eye notices. */
import './skeleton.css';

export interface SkeletonProps {
  /** What is on its way, for those who do not see it. */
  readonly label: string;
  readonly lines?: number;
}

const WIDTHS = [72, 58, 84, 66, 48];

export function Skeleton({ label, lines = 3 }: SkeletonProps) {
  return (
    <div className="skeleton" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, at) => (
        <span key={at} style={{ inlineSize: `${WIDTHS[at % WIDTHS.length]}%` }} />
      ))}
    </div>
  );
}
