/** What every kind of preview is given, and what stands there until it has come. */
import { Skeleton } from '@mantine/core';
import { useWords } from '../../../text/use-words.ts';
import type { ContentReader } from './content-reader.ts';
import type { Looks } from './preview-kinds.ts';
import type { ContentAt } from './use-subject.ts';
import './preview.css';

export interface PreviewProps {
  readonly content: ContentAt;
  readonly reader: ContentReader;
  /** As people see it. */
  readonly name: string;
  readonly looks: Looks;
  readonly head: Uint8Array<ArrayBuffer>;
}

export function PreviewSkeleton() {
  const { inspector: words } = useWords();
  return (
    <div className="preview-skeleton" role="status" aria-label={words.loading}>
      <Skeleton height={12} width="90%" />
      <Skeleton height={12} width="75%" />
      <Skeleton height={12} width="82%" />
    </div>
  );
}
