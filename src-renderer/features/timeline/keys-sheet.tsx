/** The table of keys. */
import { Modal } from '@mantine/core';
import { Fragment } from 'react';
import { useWords } from '../../text/use-words.ts';
import { useHistoryView } from './view-store.ts';

export function KeysSheet() {
  const isOpen = useHistoryView((view) => view.sheet === 'keys');
  const { history } = useWords();
  const { keys, keyNames } = history;
  const { shift, alt, control, enter, space, home, end, escape } = keyNames;
  /** Keys pressed together in one list; the lists are alternatives. */
  const rows: readonly (readonly [readonly (readonly string[])[], string])[] = [
    [[['←'], ['→']], keys.change],
    [
      [
        [shift, '←'],
        [shift, '→'],
      ],
      keys.point,
    ],
    [
      [
        [alt, '←'],
        [alt, '→'],
      ],
      keys.browse,
    ],
    [[[control, '↑'], [enter]], keys.parent],
    [[['↑'], ['↓'], [shift, '↑↓'], [control, 'A']], keys.move],
    [[[space]], keys.preview],
    [[['V']], keys.strip],
    [[['['], [']']], keys.version],
    [[['D'], [shift, 'D']], keys.compare],
    [[['G']], keys.deleted],
    [[['/'], [control, 'F']], keys.search],
    [[['T']], keys.date],
    [[['N'], [home], [end]], keys.now],
    [[['+'], ['-'], ['0'], ['9']], keys.zoom],
    [[['R'], [shift, 'R']], keys.putBack],
    [[[control, 'Z']], keys.undo],
    [[['P']], keys.keep],
    [[[escape]], keys.close],
    [[['F6']], keys.regions],
    [[['?']], keys.help],
  ];
  return (
    <Modal
      opened={isOpen}
      onClose={() => useHistoryView.getState().openSheet('none')}
      title={history.keysTitle}
      size="lg"
      closeButtonProps={{ 'aria-label': history.close }}
    >
      <table className="keys-table">
        <tbody>
          {rows.map(([combinations, does]) => (
            <tr key={does}>
              <th scope="row">
                {combinations.map((combination) => (
                  <span key={combination.join('+')} className="combination">
                    {combination.map((key, at) => (
                      <Fragment key={key}>
                        {at > 0 && ' + '}
                        <kbd>{key}</kbd>
                      </Fragment>
                    ))}
                  </span>
                ))}
              </th>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Modal>
  );
}
