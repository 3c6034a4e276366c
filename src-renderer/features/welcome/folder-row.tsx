/** A folder of the first screen: ticked or not, how large it is, and why it is not ticked. Measures itself. */
import { ActionIcon, Checkbox } from '@mantine/core';
import {
  Download,
  FileText,
  Film,
  Folder,
  Globe,
  Image,
  Mail,
  Monitor,
  Music,
  X,
  type LucideIcon,
} from 'lucide-react';
import { useEffect } from 'react';
import type { KnownFolder } from '#contract/app/machine-calls.ts';
import { useCore } from '../../core-link/use-core.ts';
import { nameKey, showLastName } from '../../text/show-name.ts';
import { useFormats, useShowPath, useWords } from '../../text/use-words.ts';
import {
  noteSize,
  removeFolder,
  tickFolder,
  useWelcome,
  type FolderChoice,
  type FolderSize,
} from './view-store.ts';

const ICONS: Readonly<Record<KnownFolder, LucideIcon>> = {
  documents: FileText,
  desktop: Monitor,
  pictures: Image,
  downloads: Download,
  music: Music,
  videos: Film,
  mail: Mail,
  browser: Globe,
};

export function FolderRow({ choice }: { choice: FolderChoice }) {
  const showPath = useShowPath();
  const { welcome } = useWords();
  const { folder, known, reason, isTicked } = choice;
  const size = useMeasured(choice);
  const Icon = known === null ? Folder : ICONS[known];
  const name = nameOf(choice, welcome.known);
  return (
    <li className={isTicked ? 'ticked' : ''}>
      <label>
        <Checkbox
          checked={isTicked}
          onChange={({ currentTarget }) => tickFolder(folder, currentTarget.checked)}
          aria-label={name}
        />
        <Icon size={19} strokeWidth={1.7} aria-hidden />
        <span className="name">
          <b>{name}</b>
          <span title={showPath(folder)}>
            {isTicked || reason === null ? showPath(folder) : welcome.reason[reason]}
          </span>
        </span>
        <SizeWords size={size} />
      </label>
      {known === null && (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={welcome.removeFolder(name)}
          onClick={() => removeFolder(folder)}
        >
          <X size={15} strokeWidth={1.7} aria-hidden />
        </ActionIcon>
      )}
    </li>
  );
}

/** There may be several programs of a kind: their folders tell them apart. */
function nameOf({ folder, known }: FolderChoice, names: Readonly<Record<KnownFolder, string>>): string {
  if (known === null) return showLastName(folder);
  return known === 'browser' || known === 'mail' ? `${names[known]} (${showLastName(folder)})` : names[known];
}

function SizeWords({ size }: { size: FolderSize | undefined }) {
  const { welcome } = useWords();
  const { bytes, count } = useFormats();
  if (size === undefined) return <span className="size">{welcome.counting}</span>;
  if (size.isDone && size.files === 0) return <span className="size">{welcome.empty}</span>;
  return (
    <span className={size.isDone ? 'size' : 'size counting'}>
      <b>{size.isCut ? welcome.atLeast(bytes(size.bytes)) : bytes(size.bytes)}</b>
      <span>{welcome.files(count(size.files), size.files === 1)}</span>
    </span>
  );
}

/** Counts what is below the folder, and stops when the screen is left. */
function useMeasured({ folder, reason }: FolderChoice): FolderSize | undefined {
  const { calls } = useCore();
  const key = nameKey(folder);
  const size = useWelcome((state) => state.sizes[key]);
  const isThere = reason !== 'missing';
  useEffect(() => {
    if (!isThere || useWelcome.getState().sizes[key]?.isDone === true) return undefined;
    const control = new AbortController();
    calls['machine.measure'](
      { folder },
      {
        signal: control.signal,
        onProgress: (found) => noteSize(folder, { ...found, isDone: false, isCut: false }),
      },
    ).then(
      (found) => noteSize(folder, { ...found, isDone: true }),
      // What cannot be counted is copied all the same, and told then.
      () => undefined,
    );
    return () => control.abort();
  }, [calls, key, isThere]);
  return size;
}
