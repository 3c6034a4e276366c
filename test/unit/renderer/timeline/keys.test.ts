import { expect, test } from 'vitest';
import { commandOf, type Focus } from '#renderer/features/timeline/keys.ts';

/** "Ctrl+Shift+z" as a press. */
function press(text: string, focus: Focus = 'page') {
  const parts = text === '+' ? ['+'] : text.split('+');
  const key = parts.at(-1) ?? '';
  return commandOf(
    {
      key,
      ctrlKey: parts.includes('Ctrl'),
      metaKey: parts.includes('Meta'),
      altKey: parts.includes('Alt'),
      shiftKey: parts.includes('Shift'),
    },
    focus,
  );
}

test.each([
  ['ArrowLeft', { kind: 'jump', direction: -1 }],
  ['ArrowRight', { kind: 'jump', direction: 1 }],
  ['Shift+ArrowLeft', { kind: 'step', direction: -1 }],
  ['Shift+ArrowRight', { kind: 'step', direction: 1 }],
  ['Alt+ArrowLeft', { kind: 'travel', direction: -1 }],
  ['Alt+ArrowRight', { kind: 'travel', direction: 1 }],
  ['Ctrl+ArrowUp', { kind: 'parent' }],
  ['Meta+ArrowUp', { kind: 'parent' }],
  ['Enter', { kind: 'open' }],
  ['ArrowUp', { kind: 'move', by: -1, isExtending: false }],
  ['Shift+ArrowDown', { kind: 'move', by: 1, isExtending: true }],
  ['Ctrl+a', { kind: 'chooseAll' }],
  [' ', { kind: 'preview' }],
  ['v', { kind: 'strip' }],
  ['[', { kind: 'version', direction: -1 }],
  [']', { kind: 'version', direction: 1 }],
  ['d', { kind: 'compare' }],
  ['Shift+D', { kind: 'chooseCompare' }],
  ['g', { kind: 'deleted' }],
  ['/', { kind: 'search' }],
  ['Ctrl+f', { kind: 'search' }],
  ['t', { kind: 'date' }],
  ['n', { kind: 'now' }],
  ['Home', { kind: 'end', end: 'oldest' }],
  ['End', { kind: 'end', end: 'newest' }],
  ['+', { kind: 'zoom', to: 'in' }],
  ['-', { kind: 'zoom', to: 'out' }],
  ['0', { kind: 'zoom', to: 'all' }],
  ['9', { kind: 'zoom', to: 'day' }],
  ['r', { kind: 'putBack' }],
  ['Shift+R', { kind: 'putCopy' }],
  ['Ctrl+z', { kind: 'undo' }],
  ['p', { kind: 'keep' }],
  ['Escape', { kind: 'close' }],
  ['?', { kind: 'help' }],
  ['F6', { kind: 'region' }],
  ['Shift+F6', { kind: 'regionBack' }],
  ['x', null],
  ['Ctrl+r', null],
  ['Ctrl+p', null],
])('%s', (text, command) => {
  expect(press(text)).toEqual(command);
});

test('in a field keys are letters; only what leads out of it stays', () => {
  for (const text of ['g', 'ArrowLeft', ' ', 'Home', 'Ctrl+a', 'Ctrl+z', '/'])
    expect(press(text, 'field')).toBeNull();
  expect(press('Escape', 'field')).toEqual({ kind: 'close' });
  expect(press('F6', 'field')).toEqual({ kind: 'region' });
  expect(press('Ctrl+f', 'field')).toEqual({ kind: 'search' });
});

test('a control keeps its own keys', () => {
  for (const text of ['Enter', ' ', 'ArrowUp', 'ArrowDown']) expect(press(text, 'control')).toBeNull();
  expect(press('ArrowLeft', 'control')).toEqual({ kind: 'jump', direction: -1 });
  expect(press('ArrowLeft', 'arrows')).toBeNull();
});
