/** The window's dialog for a folder: walk down by clicks, up by the path, make a new one, choose the one in view. */
import { Button, Checkbox, Modal, ScrollArea, TextInput, UnstyledButton } from '@mantine/core';
import { ChevronRight, CornerLeftUp, Folder, FolderPlus } from 'lucide-react';
import { useState } from 'react';
import type { WirePath } from '#contract/app/values.ts';
import { useAnswer } from '../core-link/use-answer.ts';
import { useCore } from '../core-link/use-core.ts';
import { useCoreSentences } from '../text/core-sentences.ts';
import { nameKey, showLastName, showName } from '../text/show-name.ts';
import { useFormats, useShowPath, useWords } from '../text/use-words.ts';
import './folder-dialog.css';

export interface FolderDialogProps {
  readonly title?: string;
  readonly startsAt?: WirePath;
  readonly mustBeWritable?: boolean;
  /** Null: none was chosen. */
  answer(folder: WirePath | null): void;
}

export function FolderDialog({ title, startsAt, mustBeWritable = false, answer }: FolderDialogProps) {
  const showPath = useShowPath();
  const say = useCoreSentences();
  const { calls } = useCore();
  const { chooseFolder: words } = useWords();
  const formats = useFormats();
  const [folder, setFolder] = useState<WirePath | null>(startsAt ?? null);
  const [showsHidden, setShowsHidden] = useState(false);
  const listed = useAnswer((signal) => calls['host.listFolder']({ folder }, { signal }), [folder]);
  const here = listed.value;
  const folders = here?.folders.filter(({ isHidden }) => showsHidden || !isHidden) ?? [];
  const isRefused = listed.kind === 'refused';
  const canChoose = listed.kind === 'here' && (listed.value.canWrite || !mustBeWritable);

  return (
    <Modal
      opened
      onClose={() => answer(null)}
      title={title ?? words.title}
      size={560}
      closeButtonProps={{ 'aria-label': words.cancel }}
      className="folder-dialog"
    >
      <div className="where">
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<CornerLeftUp size={15} strokeWidth={1.7} aria-hidden />}
          disabled={here === undefined || here.parent === null}
          onClick={() => setFolder(here?.parent ?? null)}
        >
          {words.up}
        </Button>
        <p className="path" aria-label={words.path} title={here && showPath(here.folder)}>
          {here && showPath(here.folder)}
        </p>
      </div>
      <ScrollArea className="list" type="auto">
        {isRefused ? (
          <p className="empty" role="alert">
            {say.error(listed.error)}
          </p>
        ) : (
          <ul
            aria-label={here && words.foldersIn(showPath(here.folder))}
            aria-busy={listed.kind === 'asking'}
          >
            {folders.map(({ name, path }) => (
              <li key={nameKey(name)}>
                <UnstyledButton onClick={() => setFolder(path)}>
                  <Folder size={17} strokeWidth={1.7} aria-hidden />
                  <span>{showName(name)}</span>
                  <ChevronRight size={15} strokeWidth={1.7} aria-hidden />
                </UnstyledButton>
              </li>
            ))}
            {here !== undefined && folders.length === 0 && <li className="empty">{words.noFolders}</li>}
            {here?.isCut === true && <li className="empty">{words.isCut}</li>}
          </ul>
        )}
      </ScrollArea>
      <div className="below">
        <Checkbox
          size="xs"
          label={words.someHidden}
          checked={showsHidden}
          onChange={({ currentTarget }) => setShowsHidden(currentTarget.checked)}
        />
        <p>
          {here?.canWrite === false && mustBeWritable && <b role="alert">{words.notWritable}</b>}{' '}
          {here !== undefined && here.freeBytes !== null && words.free(formats.bytes(here.freeBytes))}
        </p>
      </div>
      <footer>
        {here !== undefined && (
          <NewFolder
            key={nameKey(here.folder)}
            parent={here.folder}
            isEnabled={here.canWrite}
            onMade={setFolder}
          />
        )}
        <Button variant="default" onClick={() => answer(null)}>
          {words.cancel}
        </Button>
        <Button
          disabled={!canChoose}
          onClick={() => {
            if (here !== undefined) answer(here.folder);
          }}
        >
          {here === undefined ? words.title : words.choose(shorten(showLastName(here.folder)))}
        </Button>
      </footer>
    </Modal>
  );
}

function NewFolder(props: {
  readonly parent: WirePath;
  readonly isEnabled: boolean;
  onMade(folder: WirePath): void;
}) {
  const say = useCoreSentences();
  const { parent, isEnabled, onMade } = props;
  const { calls } = useCore();
  const { chooseFolder: words } = useWords();
  const [name, setName] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<string>();
  if (name === null) {
    return (
      <Button
        className="new-folder"
        variant="subtle"
        leftSection={<FolderPlus size={17} strokeWidth={1.7} aria-hidden />}
        disabled={!isEnabled}
        onClick={() => setName('')}
      >
        {words.newFolder}
      </Button>
    );
  }
  const make = async (): Promise<void> => {
    try {
      onMade((await calls['host.makeFolder']({ parent, name: name.trim() })).folder);
    } catch (error) {
      setRefusal(say.error(error));
    }
  };
  return (
    <form
      className="new-folder"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') void make();
      }}
    >
      <TextInput
        aria-label={words.newFolderName}
        placeholder={words.newFolderName}
        value={name}
        error={refusal}
        maxLength={255}
        autoFocus
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          setName(null);
        }}
      />
      <Button type="submit" variant="default" disabled={name.trim() === ''}>
        {words.make}
      </Button>
    </form>
  );
}

/** So that the button keeps its place whatever the folder is called. */
function shorten(name: string): string {
  const signs = Array.from(name);
  return signs.length <= 24 ? name : `${signs.slice(0, 23).join('')}…`;
}
