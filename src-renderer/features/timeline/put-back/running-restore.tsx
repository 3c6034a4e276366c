/** What goes on while files are put back: how far, and the ways to let it rest, go on, or end. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useCore, useMirror } from '../../../core-link/use-core.ts';
import { restoreOutcome, shareDone } from '../../../parts/restore-outcome.ts';
import { pausedSentence } from '../../../parts/restore-words.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { Progress } from '../../../ui/progress.tsx';
import { RestingButton } from '../../../ui/resting-button.tsx';
import type { Run } from './restore-store.ts';
import { shareOf } from './share-of.ts';

export function RunningRestore(props: {
  readonly run: Extract<Run, { kind: 'running' }>;
  readonly onClose: () => void;
}) {
  const { run, onClose } = props;
  const { calls } = useCore();
  const { putBack: words } = useWords();
  const formats = useFormats();
  /** Asked for when the job was in this state, so not to be asked for again in it. */
  const [askedIn, setAskedIn] = useState<string>();
  const jobId = run.jobIds.at(-1);
  const job = useMirror()?.jobs.find(({ id }) => id === jobId);
  const state = job?.state ?? 'queued';
  const done = state === 'paused' && job !== undefined ? restoreOutcome([job]) : undefined;
  const ask = (name: 'jobs.pause' | 'jobs.resume' | 'jobs.cancel'): void => {
    if (jobId === undefined) return;
    setAskedIn(state);
    calls[name]({ jobId }).catch(() => setAskedIn(undefined));
  };
  const isAsked = jobId === undefined || askedIn === state;
  return (
    <div className="sheet" tabIndex={-1} data-autofocus>
      <div className="sheet-main running">
        <p className="sentence" role="status">
          {done === undefined ? words.running : pausedSentence(done, { words, formats })}
        </p>
        {done === undefined ? <HowFar run={run} /> : <Progress label={words.paused} done={shareDone(done)} />}
        <p className="hint">{done === undefined ? words.goesOn : words.waitsForYou}</p>
      </div>
      <footer className="sheet-foot">
        <Button variant="default" onClick={onClose}>
          {words.close}
        </Button>
        <RestingButton variant="default" isResting={isAsked} onClick={() => ask('jobs.cancel')}>
          {words.cancel}
        </RestingButton>
        {/* One button, so that it keeps the focus. */}
        <RestingButton
          variant={done === undefined ? 'default' : 'filled'}
          isResting={isAsked}
          onClick={() => ask(done === undefined ? 'jobs.pause' : 'jobs.resume')}
        >
          {done === undefined ? words.pause : words.goOn}
        </RestingButton>
      </footer>
    </div>
  );
}

function HowFar({ run: { progress } }: { readonly run: Extract<Run, { kind: 'running' }> }) {
  const { putBack: words } = useWords();
  const formats = useFormats();
  const total = progress?.totalBytes ?? null;
  return (
    <>
      <Progress label={words.running} done={shareOf(progress)} />
      <p className="costs">
        {progress !== null &&
          progress.totalFiles !== null &&
          words.filesDone(formats.count(progress.filesDone), formats.count(progress.totalFiles))}
        {progress !== null && total !== null && ' · '}
        {progress !== null &&
          total !== null &&
          words.bytesDone(formats.bytes(progress.bytesDone), formats.bytes(total))}
      </p>
    </>
  );
}
