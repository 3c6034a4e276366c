/** What goes on while files are put back: how far, and the way to stop it. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useCore } from '../../../core-link/use-core.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { Progress } from '../../../ui/progress.tsx';
import type { Run } from './restore-store.ts';
import { stopRestore } from './run-restore.ts';

export function RunningRestore(props: {
  readonly run: Extract<Run, { kind: 'running' }>;
  readonly onClose: () => void;
}) {
  const { run, onClose } = props;
  const { calls } = useCore();
  const { putBack: words } = useWords();
  const formats = useFormats();
  const [isStopping, setIsStopping] = useState(false);
  const { progress } = run;
  const total = progress?.totalBytes ?? null;
  const done = progress === null || total === null || total === 0 ? null : progress.bytesDone / total;
  const stop = (): void => {
    setIsStopping(true);
    stopRestore(calls).catch(() => setIsStopping(false));
  };
  return (
    <div className="sheet" tabIndex={-1} data-autofocus>
      <div className="sheet-main running">
        <p className="sentence" role="status">
          {words.running}
        </p>
        <Progress label={words.running} done={done === null ? null : Math.min(1, done)} />
        <p className="costs">
          {progress !== null &&
            progress.totalFiles !== null &&
            words.filesDone(formats.count(progress.filesDone), formats.count(progress.totalFiles))}
          {progress !== null && total !== null && ' · '}
          {progress !== null &&
            total !== null &&
            words.bytesDone(formats.bytes(progress.bytesDone), formats.bytes(total))}
        </p>
        <p className="hint">{words.goesOn}</p>
      </div>
      <footer className="sheet-foot">
        <Button variant="default" onClick={stop} disabled={isStopping}>
          {words.cancel}
        </Button>
        <Button variant="default" onClick={onClose}>
          {words.close}
        </Button>
      </footer>
    </div>
  );
}
