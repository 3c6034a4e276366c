/** The whole of a file as an address that only this page can read; given back when it is not shown any more. */
import { useEffect, useState } from 'react';
import { useAnswer, type Answer } from '../../../core-link/use-answer.ts';
import type { PreviewProps } from './preview-frame.tsx';

/** @param mostBytes nothing is fetched of a file that is larger */
export function useBlobUrl(
  { content, reader, looks }: Pick<PreviewProps, 'content' | 'reader' | 'looks'>,
  mostBytes: number,
): { readonly url: string | undefined; readonly answer: Answer<Uint8Array<ArrayBuffer>> } {
  const isSmall = content.sizeBytes <= mostBytes;
  const answer = useAnswer(isSmall ? (signal) => reader.readAll(content.sizeBytes, { signal }) : null, [
    content.placeId,
    content.content,
    isSmall,
  ]);
  const [url, setUrl] = useState<string>();
  const bytes = answer.value;
  useEffect(() => {
    if (bytes === undefined) return undefined;
    const made = URL.createObjectURL(new Blob([bytes], { type: looks.mediaType }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes, looks.mediaType]);
  return { url, answer };
}
