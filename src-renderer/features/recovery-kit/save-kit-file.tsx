/**
 * "Save as PDF" in the desktop application: a dialog of the system asks where, the core judges it, and what speaks against it is
 * said before anything is written. In a browser the page is a download, and nobody knows where that goes.
 */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useCore } from '../../core-link/use-core.ts';
import { useCoreSentences } from '../../text/core-sentences.ts';
import { useShowPath, useWords } from '../../text/use-words.ts';
import { NoteBar } from '../../ui/note-bar.tsx';

type Chosen = NonNullable<Awaited<ReturnType<ReturnType<typeof useCore>['calls']['kit.chooseFile']>>>;

export type KitFileState =
  | { readonly kind: 'none' }
  /** Nothing is written yet. */
  | { readonly kind: 'risky'; readonly chosen: Chosen; readonly file: Blob; readonly name: string }
  | { readonly kind: 'saved'; readonly chosen: Chosen }
  | { readonly kind: 'refused'; readonly sentence: string };

export interface KitFile {
  readonly state: KitFileState;
  /** Asks where, and saves there if nothing speaks against it. */
  save(file: Blob, name: string): Promise<void>;
  /** There all the same. */
  keep(): Promise<void>;
}

export function useKitFile(): KitFile {
  const { calls } = useCore();
  const say = useCoreSentences();
  const [state, setState] = useState<KitFileState>({ kind: 'none' });
  const orRefused = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      setState({ kind: 'refused', sentence: say.error(error) });
    }
  };
  const write = async (chosen: Chosen, file: Blob): Promise<void> => {
    const base64 = await base64Of(file);
    await calls['kit.saveFile']({ choiceId: chosen.choiceId, base64 });
    setState({ kind: 'saved', chosen });
  };
  return {
    state,
    save: (file, name) =>
      orRefused(async () => {
        const chosen = await calls['kit.chooseFile']({ name });
        // Whoever chooses nothing leaves what was said before.
        if (chosen === null) return;
        if (chosen.risks.length > 0) setState({ kind: 'risky', chosen, file, name });
        else await write(chosen, file);
      }),
    keep: () =>
      orRefused(async () => {
        if (state.kind === 'risky') await write(state.chosen, state.file);
      }),
  };
}

export function KitFileNote({ kitFile: { state, save, keep } }: { readonly kitFile: KitFile }) {
  const { kit } = useWords();
  const showPath = useShowPath();
  switch (state.kind) {
    case 'none':
      return null;
    case 'refused':
      return <NoteBar tone="danger">{state.sentence}</NoteBar>;
    case 'saved':
      return (
        <NoteBar tone={state.chosen.risks.length > 0 ? 'warning' : 'hint'}>
          {kit.pdfSaved(showPath(state.chosen.label))} {state.chosen.risks.length > 0 && kit.pdfAlone}
        </NoteBar>
      );
    case 'risky':
      return (
        <NoteBar
          tone="warning"
          action={
            <>
              <Button size="compact-sm" onClick={() => void save(state.file, state.name)}>
                {kit.saveElsewhere}
              </Button>
              <Button size="compact-sm" variant="default" onClick={() => void keep()}>
                {kit.keepThere}
              </Button>
            </>
          }
        >
          <p>{kit.pdfNotYet(showPath(state.chosen.label))}</p>
          {state.chosen.risks.map(({ kind, name }) => (
            <p key={`${kind} ${name}`}>{kit.pdfRisk[kind](name)}</p>
          ))}
        </NoteBar>
      );
  }
}

async function base64Of(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
