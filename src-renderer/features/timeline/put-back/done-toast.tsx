/**
 * What was put back, with the way to take it back at once and to where it is; or what was taken back, with the way to undo
 * that. One that was taken back meanwhile, on the page of its job or in another window, says so by itself.
 */
import { Button } from '@mantine/core';
import { useMirror } from '../../../core-link/use-core.ts';
import { takenBackOf, type UndoRef } from '../../../parts/restore-outcome.ts';
import { undoSentence } from '../../../parts/restore-words.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { RestingButton } from '../../../ui/resting-button.tsx';
import { useRestores } from './restore-store.ts';

export interface DoneToastProps {
  readonly sentence: string;
  /** Why it did not go; empty where it went. */
  readonly detail: string;
  /** Those whose troubles can be looked at. */
  readonly jobIds?: readonly string[];
  /** What can be taken back. */
  readonly undos?: readonly UndoRef[];
  readonly onUndo?: () => void;
  readonly onShow?: (() => void) | undefined;
  /** Of what was taken back: puts back once more. */
  readonly onAgain?: (() => void) | undefined;
}

const NONE: readonly never[] = [];

export function DoneToast(props: DoneToastProps) {
  const { sentence, detail, jobIds = NONE, undos = NONE, onUndo, onShow, onAgain } = props;
  const { putBack: words } = useWords();
  const formats = useFormats();
  const taken = takenBackOf(undos, useMirror()?.jobs ?? NONE);
  const isThere = undos.length > 0 && taken.open.length > 0;
  const isTakenBack = !isThere && undos.length > 0;
  return (
    <div className="done-toast" data-region>
      <p>{isTakenBack ? undoSentence(taken.outcome, { words, formats }) : sentence}</p>
      {detail !== '' && !isTakenBack && <p className="detail">{detail}</p>}
      <p className="deeds">
        {isThere && onUndo !== undefined && (
          <RestingButton variant="default" size="compact-sm" isResting={taken.isUnderWay} onClick={onUndo}>
            {words.undo}
          </RestingButton>
        )}
        {!isThere && onAgain !== undefined && (
          <Button variant="default" size="compact-sm" onClick={onAgain}>
            {words.putBackAgain}
          </Button>
        )}
        {!isTakenBack && onShow !== undefined && (
          <Button variant="subtle" size="compact-sm" onClick={onShow}>
            {words.showInFolder}
          </Button>
        )}
        {!isTakenBack && jobIds.length > 0 && (
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={() => useRestores.setState({ troublesOf: jobIds })}
          >
            {words.seeWhich}
          </Button>
        )}
      </p>
    </div>
  );
}
