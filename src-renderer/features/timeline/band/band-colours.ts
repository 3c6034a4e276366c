/** The colours of tokens.css as a canvas can use them: resolved for the theme in use, read anew when it changes. */

const NAMES = [
  'background',
  'panel',
  'line',
  'line-strong',
  'text',
  'dim',
  'faint',
  'accent',
  'on-accent',
  'accent-soft',
  'added',
  'modified',
  'removed',
  'warning',
  'danger',
] as const;
export type BandColours = Readonly<Record<(typeof NAMES)[number], string>>;

/** @param host an element within the page; a probe is put into it for a moment */
export function readColours(host: HTMLElement): BandColours {
  const probe = document.createElement('span');
  host.append(probe);
  const entries = NAMES.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(entries) as BandColours;
}

/** @returns how to stop */
export function onColoursChanged(tell: () => void): () => void {
  const observer = new MutationObserver(tell);
  observer.observe(document.documentElement, {
    attributes: true,
    attributeFilter: ['data-mantine-color-scheme', 'style', 'class'],
  });
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', tell);
  return () => {
    observer.disconnect();
    dark.removeEventListener('change', tell);
  };
}
