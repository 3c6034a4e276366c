/** Which key means what on the history page: the whole table, as one pure function. */

export type Command =
  | { readonly kind: 'jump' | 'step' | 'travel' | 'version'; readonly direction: -1 | 1 }
  | { readonly kind: 'move'; readonly by: number; readonly isExtending: boolean }
  | { readonly kind: 'end'; readonly end: 'oldest' | 'newest' }
  | { readonly kind: 'zoom'; readonly to: 'in' | 'out' | 'all' | 'day' }
  | {
      readonly kind:
        | 'parent'
        | 'open'
        | 'chooseAll'
        | 'preview'
        | 'strip'
        | 'compare'
        | 'chooseCompare'
        | 'deleted'
        | 'search'
        | 'date'
        | 'now'
        | 'putBack'
        | 'putCopy'
        | 'undo'
        | 'keep'
        | 'close'
        | 'help'
        | 'region'
        | 'regionBack';
    };

export interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** Where the focus is: in a field keys are letters; on a control Enter, Space and arrows up and down are its own. */
export type Focus = 'field' | 'control' | 'arrows' | 'page';

const PAGE_ROWS = 12;

export function commandOf(press: Press, focus: Focus): Command | null {
  const { key, altKey, shiftKey } = press;
  const isControl = press.ctrlKey || press.metaKey;
  if (key === 'F6') return { kind: shiftKey ? 'regionBack' : 'region' };
  if (key === 'Escape') return { kind: 'close' };
  if (isControl && !altKey && key.toLowerCase() === 'f') return { kind: 'search' };
  if (focus === 'field') return null;
  if (isControl) return withControl(press, focus);
  if (altKey) {
    if (key === 'ArrowLeft') return { kind: 'travel', direction: -1 };
    return key === 'ArrowRight' ? { kind: 'travel', direction: 1 } : null;
  }
  return plain(key, shiftKey, focus);
}

function withControl({ key, shiftKey }: Press, focus: Focus): Command | null {
  switch (key.toLowerCase()) {
    case 'arrowup':
      return { kind: 'parent' };
    case 'a':
      return focus === 'page' ? { kind: 'chooseAll' } : null;
    case 'z':
      return shiftKey ? null : { kind: 'undo' };
    default:
      return null;
  }
}

function plain(key: string, shiftKey: boolean, focus: Focus): Command | null {
  const isOwn = focus === 'control' || focus === 'arrows';
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowRight': {
      if (focus === 'arrows') return null;
      const direction = key === 'ArrowLeft' ? -1 : 1;
      return { kind: shiftKey ? 'step' : 'jump', direction };
    }
    case 'ArrowUp':
    case 'ArrowDown':
      return isOwn ? null : { kind: 'move', by: key === 'ArrowUp' ? -1 : 1, isExtending: shiftKey };
    case 'PageUp':
    case 'PageDown':
      return isOwn
        ? null
        : { kind: 'move', by: key === 'PageUp' ? -PAGE_ROWS : PAGE_ROWS, isExtending: shiftKey };
    case 'Enter':
      return isOwn ? null : { kind: 'open' };
    case ' ':
      return isOwn ? null : { kind: 'preview' };
    case 'Home':
    case 'End':
      return focus === 'arrows' ? null : { kind: 'end', end: key === 'Home' ? 'oldest' : 'newest' };
    case '[':
      return { kind: 'version', direction: -1 };
    case ']':
      return { kind: 'version', direction: 1 };
    case '/':
      return { kind: 'search' };
    case '?':
      return { kind: 'help' };
    case '+':
    case '=':
      return { kind: 'zoom', to: 'in' };
    case '-':
    case '_':
      return { kind: 'zoom', to: 'out' };
    case '0':
      return { kind: 'zoom', to: 'all' };
    case '9':
      return { kind: 'zoom', to: 'day' };
    default:
      return letter(key, shiftKey);
  }
}

function letter(key: string, shiftKey: boolean): Command | null {
  switch (key.toLowerCase()) {
    case 'v':
      return { kind: 'strip' };
    case 'd':
      return { kind: shiftKey ? 'chooseCompare' : 'compare' };
    case 'g':
      return { kind: 'deleted' };
    case 't':
      return { kind: 'date' };
    case 'n':
      return { kind: 'now' };
    case 'r':
      return { kind: shiftKey ? 'putCopy' : 'putBack' };
    case 'p':
      return { kind: 'keep' };
    default:
      return null;
  }
}
