/** "What should never be lost?": known folders with their sizes counting up, and what is left out of them. */
import { Button } from '@mantine/core';
import { FolderPlus } from 'lucide-react';
import { useEffect } from 'react';
import { useCore } from '../../core-link/use-core.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { errorSentences } from '../../text/error-sentences.ts';
import { nameKey, showLastName } from '../../text/show-name.ts';
import { useFormats, useWords } from '../../text/use-words.ts';
import { useChooseFolder } from '../../parts/choose-folder.tsx';
import { useDroppedFolders } from '../../parts/use-dropped-folders.ts';
import { FolderRow } from './folder-row.tsx';
import { LeftOut } from './left-out.tsx';
import { Stage } from './stage.tsx';
import { addFolder, showScreen, tickFolder, useWelcome } from './view-store.ts';
import { chosenOf, surpriseOf, type Surprise } from './view-model.ts';

export function FoldersScreen() {
  const { calls } = useCore();
  const { welcome } = useWords();
  const { count, bytes } = useFormats();
  const folders = useWelcome((state) => state.folders);
  const sizes = useWelcome((state) => state.sizes);
  const chooseFolder = useChooseFolder();
  const known = useAnswer(folders === null ? () => calls['machine.folders']({}) : null, ['folders']);
  useEffect(() => {
    if (known.kind !== 'here' || useWelcome.getState().folders !== null) return;
    useWelcome.setState({
      folders: known.value
        .filter(({ exists }) => exists)
        .map(({ key, folder, isSuggested, reason }) => ({
          folder,
          known: key,
          reason,
          isTicked: isSuggested,
        })),
    });
  }, [known]);
  useDroppedFolders((dropped) => dropped.forEach(addFolder));
  const chosen = chosenOf(folders ?? [], sizes);
  const surprise = surpriseOf(folders ?? [], sizes);
  const add = async (): Promise<void> => {
    const folder = await chooseFolder({});
    if (folder !== null) addFolder(folder);
  };
  const isReady = chosen.folders.length > 0;
  return (
    <Stage
      title={welcome.foldersTitle}
      body={welcome.foldersBody}
      number={1}
      onBack={() => showScreen('question')}
      sum={
        <span className="sum" aria-live="off">
          {isReady
            ? welcome.chosen(welcome.files(count(chosen.files), chosen.files === 1), bytes(chosen.bytes))
            : welcome.nothingChosen}
        </span>
      }
      action={
        <Button size="md" disabled={!isReady} onClick={() => showScreen('places')}>
          {welcome.next}
        </Button>
      }
    >
      {known.kind === 'refused' && (
        <p className="refusal" role="alert">
          {errorSentences(known.error)}
        </p>
      )}
      <ul className="folders" aria-busy={folders === null}>
        {(folders ?? []).map((choice) => (
          <FolderRow key={nameKey(choice.folder)} choice={choice} />
        ))}
        {folders === null &&
          known.kind === 'asking' &&
          [1, 2, 3].map((row) => <li key={row} className="ghost" />)}
      </ul>
      <div className="below">
        <Button
          variant="default"
          leftSection={<FolderPlus size={16} strokeWidth={1.7} aria-hidden />}
          onClick={() => void add()}
        >
          {welcome.addFolder}
        </Button>
        <LeftOut folders={chosen.folders} />
      </div>
      {surprise !== null && <SurpriseNote surprise={surprise} />}
    </Stage>
  );
}

function SurpriseNote({ surprise: { choice, bytes: sizeBytes } }: { surprise: Surprise }) {
  const { welcome } = useWords();
  const { bytes } = useFormats();
  const name = choice.known === null ? showLastName(choice.folder) : welcome.known[choice.known];
  const say = choice.isTicked ? welcome.surpriseTicked : welcome.surprise;
  return (
    <p className="surprise">
      <span>{say(name, bytes(sizeBytes))}</span>
      <Button size="xs" variant="default" onClick={() => tickFolder(choice.folder, !choice.isTicked)}>
        {choice.isTicked ? welcome.leaveOut : welcome.include}
      </Button>
    </p>
  );
}
