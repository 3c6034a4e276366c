/** What was put back, with the way to take it back at once and to where it is; or what was taken back, with the way to undo that. */
import { Button } from '@mantine/core';
import { useWords } from '../../../text/use-words.ts';
import { useRestores } from './restore-store.ts';

export interface DoneToastProps {
  readonly sentence: string;
  /** Why it did not go; empty where it went. */
  readonly detail: string;
  /** Those whose troubles can be looked at. */
  readonly jobIds?: readonly string[];
  readonly onUndo?: (() => void) | undefined;
  readonly onShow?: (() => void) | undefined;
  /** Of an undo: puts back once more. */
  readonly onAgain?: (() => void) | undefined;
}

export function DoneToast({ sentence, detail, jobIds = [], onUndo, onShow, onAgain }: DoneToastProps) {
  const { putBack: words } = useWords();
  return (
    <div className="done-toast" data-region>
      <p>{sentence}</p>
      {detail !== '' && <p className="detail">{detail}</p>}
      <p className="deeds">
        {onUndo !== undefined && (
          <Button variant="default" size="compact-sm" onClick={onUndo}>
            {words.undo}
          </Button>
        )}
        {onAgain !== undefined && (
          <Button variant="default" size="compact-sm" onClick={onAgain}>
            {words.putBackAgain}
          </Button>
        )}
        {onShow !== undefined && (
          <Button variant="subtle" size="compact-sm" onClick={onShow}>
            {words.showInFolder}
          </Button>
        )}
        {jobIds.length > 0 && (
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
