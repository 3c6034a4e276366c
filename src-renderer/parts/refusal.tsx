/** Why something that was asked for did not go, in a bar; nothing where it went. */
import { useCoreSentences } from '../text/core-sentences.ts';
import { NoteBar } from '../ui/note-bar.tsx';

export function Refusal({ error }: { readonly error: unknown }) {
  const core = useCoreSentences();
  return error === undefined ? null : <NoteBar tone="danger">{core.error(error)}</NoteBar>;
}
