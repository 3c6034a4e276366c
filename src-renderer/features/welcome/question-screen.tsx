/** The first question: somebody new, or somebody who has lost something. */
import { ArchiveRestore, ShieldCheck } from 'lucide-react';
import { useWords } from '../../text/use-words.ts';
import { Stage } from './stage.tsx';
import { showScreen } from './view-store.ts';

export function QuestionScreen() {
  const { welcome } = useWords();
  return (
    <Stage title={welcome.question}>
      <div className="targets">
        <button type="button" onClick={() => showScreen('folders')}>
          <ShieldCheck size={26} strokeWidth={1.6} aria-hidden />
          <b>{welcome.isNew}</b>
          <span>{welcome.isNewBody}</span>
        </button>
        <a href="#/recover">
          <ArchiveRestore size={26} strokeWidth={1.6} aria-hidden />
          <b>{welcome.gettingBack}</b>
          <span>{welcome.gettingBackBody}</span>
        </a>
      </div>
      <p className="quiet">
        <a href="#/recover?from=restic">{welcome.hasRestic}</a>
      </p>
    </Stage>
  );
}
