/** A state as a mark: told apart by shape as well as by colour. The words beside it say the same. */
import './dot.css';

export interface DotProps {
  readonly tone: 'good' | 'warning' | 'danger' | 'quiet';
  readonly isLarge?: boolean;
}

export function Dot({ tone, isLarge = false }: DotProps) {
  return <span className={`dot ${tone}${isLarge ? ' large' : ''}`} aria-hidden="true" />;
}
