/** The mark: three wave lines that fade downwards. The same drawing as assets/icons/tidemark.svg. */

export function Waves() {
  return (
    <svg width="22" height="22" viewBox="0 0 24 24" aria-hidden="true">
      <rect width="24" height="24" rx="6" fill="var(--accent)" />
      <g fill="none" stroke="var(--on-accent)" strokeWidth="1.9" strokeLinecap="round">
        <path d="M5 8.2q1.75-2.2 3.5 0t3.5 0 3.5 0 3.5 0" />
        <path d="M5 12.4q1.75-2.2 3.5 0t3.5 0 3.5 0 3.5 0" opacity=".75" />
        <path d="M5 16.6q1.75-2.2 3.5 0t3.5 0 3.5 0 3.5 0" opacity=".5" />
      </g>
    </svg>
  );
}
