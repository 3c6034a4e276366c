/** A button; one primary at most on a screen. */
import type { ReactNode } from 'react';
import './button.css';

export interface ButtonProps {
  readonly children: ReactNode;
  readonly onClick: () => void;
  readonly isEnabled?: boolean;
  readonly isPrimary?: boolean;
  /** What it does, where its words alone do not say. */
  readonly label?: string;
}

export function Button({ children, onClick, isEnabled = true, isPrimary = false, label }: ButtonProps) {
  return (
    <button
      type="button"
      className={isPrimary ? 'button primary' : 'button'}
      disabled={!isEnabled}
      onClick={onClick}
      aria-label={label}
    >
      {children}
    </button>
  );
}
