/** A part of a page under a title of its own; as a card where its content is one thing. */
import { useId, type ReactNode } from 'react';
import './section.css';

export interface SectionProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly isCard?: boolean;
}

export function Section({ title, note, actions, children, isCard = false }: SectionProps) {
  const id = useId();
  return (
    <section className="section" aria-labelledby={id}>
      <div className="section-head">
        <div>
          <h2 id={id}>{title}</h2>
          {note !== undefined && <p>{note}</p>}
        </div>
        {actions !== undefined && <div className="actions">{actions}</div>}
      </div>
      {isCard ? <div className="card">{children}</div> : children}
    </section>
  );
}
