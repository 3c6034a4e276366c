/** A page that scrolls as a whole: its measure, and its head with title, one line below it and actions at the right. */
import type { ReactNode } from 'react';
import './page.css';

export interface PageProps {
  readonly children: ReactNode;
  /** For the page's own styles. */
  readonly className?: string;
  readonly isWide?: boolean;
  readonly isBusy?: boolean;
}

export function PageBody({ children, className = '', isWide = false, isBusy = false }: PageProps) {
  return (
    <div className={`page-body ${isWide ? 'wide' : ''} ${className}`} aria-busy={isBusy || undefined}>
      {children}
    </div>
  );
}

export interface PageHeadProps {
  readonly title: string;
  readonly note?: ReactNode;
  /** Buttons; at most one of them primary. */
  readonly actions?: ReactNode;
  /** Where this page hangs. */
  readonly back?: { readonly href: string; readonly label: string };
}

export function PageHead({ title, note, actions, back }: PageHeadProps) {
  return (
    <header className="page-head">
      {back !== undefined && (
        <a className="back" href={back.href}>
          <span aria-hidden="true">‹ </span>
          {back.label}
        </a>
      )}
      <div className="line">
        <h1>{title}</h1>
        {actions !== undefined && <div className="actions">{actions}</div>}
      </div>
      {note !== undefined && <div className="note">{note}</div>}
    </header>
  );
}
