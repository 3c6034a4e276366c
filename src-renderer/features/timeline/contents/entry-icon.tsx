/** The icon of an entry by its kind and the ending of its name. */
import {
  File,
  FileArchive,
  FileText,
  Folder,
  Image,
  Link,
  Music,
  Video,
  type LucideIcon,
} from 'lucide-react';
import type { EntryKind } from '../wire-types.ts';

const BY_ENDING: readonly (readonly [LucideIcon, readonly string[]])[] = [
  [Image, ['jpg', 'jpeg', 'png', 'gif', 'webp', 'svg', 'heic', 'tif', 'tiff', 'bmp', 'raw', 'avif']],
  [Music, ['mp3', 'flac', 'ogg', 'm4a', 'wav', 'opus', 'aac']],
  [Video, ['mp4', 'mov', 'mkv', 'webm', 'avi', 'm4v']],
  [FileArchive, ['zip', 'gz', 'tgz', 'xz', 'zst', '7z', 'rar', 'tar', 'bz2']],
  [
    FileText,
    [
      'txt',
      'md',
      'pdf',
      'doc',
      'docx',
      'odt',
      'rtf',
      'xls',
      'xlsx',
      'ods',
      'csv',
      'ppt',
      'pptx',
      'odp',
      'tex',
    ],
  ],
];

export interface EntryIconProps {
  readonly kind: EntryKind;
  readonly label: string;
  readonly size?: number;
}

export function EntryIcon({ kind, label, size = 17 }: EntryIconProps) {
  const Icon = iconOf(kind, label);
  return (
    <Icon
      size={size}
      strokeWidth={1.7}
      aria-hidden
      className={kind === 'folder' ? 'entry-icon is-folder' : 'entry-icon'}
    />
  );
}

function iconOf(kind: EntryKind, label: string): LucideIcon {
  if (kind === 'folder') return Folder;
  if (kind === 'symlink') return Link;
  const ending = label.slice(label.lastIndexOf('.') + 1).toLowerCase();
  return BY_ENDING.find(([, endings]) => endings.includes(ending))?.[0] ?? File;
}
