/** Something to be read before going on: a refusal, a warning, a hint. Told apart by its mark as well as by colour. */
import { CircleAlert, Info, TriangleAlert, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import './note-bar.css';

export interface NoteBarProps {
  readonly tone: 'hint' | 'warning' | 'danger';
  readonly children: ReactNode;
  readonly action?: ReactNode;
}

const ICONS: Readonly<Record<NoteBarProps['tone'], LucideIcon>> = {
  hint: Info,
  warning: TriangleAlert,
  danger: CircleAlert,
};

function isElement(node: ReactNode): boolean {
  return node !== undefined && node !== null && node !== false;
}

export function NoteBar({ tone, children, action }: NoteBarProps) {
  const Icon = ICONS[tone];
  return (
    <div
      className={`note-bar ${tone}${isElement(action) ? ' with-action' : ''}`}
      role={tone === 'danger' ? 'alert' : undefined}
    >
      <Icon size={17} strokeWidth={1.7} aria-hidden />
      <div className="words">{children}</div>
      {action}
    </div>
  );
}
