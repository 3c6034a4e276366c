/** How far something is; without a number it only says that it goes on. */
import './progress.css';

export interface ProgressProps {
  readonly label: string;
  /** 0 to 1; null while nobody knows. */
  readonly done: number | null;
}

export function Progress({ label, done }: ProgressProps) {
  return (
    <progress className="progress" aria-label={label} max={1} {...(done === null ? {} : { value: done })} />
  );
}
