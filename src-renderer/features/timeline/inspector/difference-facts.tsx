/** What is known of two versions whose contents are not compared here: size, time, whether they are the same. */
import { useNowMs } from '../../../core-link/use-now.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { MOST_TEXT_BYTES } from './preview-cost.ts';
import type { VersionPair } from './version-pair.ts';

export function DifferenceFacts({ pair, isLargeText = false }: { pair: VersionPair; isLargeText?: boolean }) {
  const { inspector: words } = useWords();
  const formats = useFormats();
  const nowMs = useNowMs(pair);
  const { before, after } = pair;
  const change = after.version.sizeBytes - before.version.sizeBytes;
  return (
    <>
      {isLargeText && <p className="hint">{words.tooLargeToCompare(formats.bytes(MOST_TEXT_BYTES))}</p>}
      <table className="difference-facts">
        <thead>
          <tr>
            <td />
            <th scope="col">{words.before}</th>
            <th scope="col">{words.after}</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{words.size}</th>
            <td>{formats.bytes(before.version.sizeBytes)}</td>
            <td>
              {formats.bytes(after.version.sizeBytes)}
              {change !== 0 && ` (${formats.bytesChange(change)})`}
            </td>
          </tr>
          <tr>
            <th scope="row">{words.modified}</th>
            <td>{formats.moment(before.version.modifiedMs, nowMs)}</td>
            <td>{formats.moment(after.version.modifiedMs, nowMs)}</td>
          </tr>
          <tr>
            <th scope="row">{words.contents}</th>
            <td colSpan={2}>{words.differ}</td>
          </tr>
        </tbody>
      </table>
    </>
  );
}
