/**
 * The first pages of a PDF, drawn by pdf.js from the ranges that they need. Nothing in it runs: scripts of a document are
 * not among what is loaded, links are not drawn. Loaded when the first one is shown.
 */
import { Button } from '@mantine/core';
import { getDocument, GlobalWorkerOptions, PDFDataRangeTransport, type PDFDocumentProxy } from 'pdfjs-dist';
import { useEffect, useRef, useState } from 'react';
import { useWords } from '../../../text/use-words.ts';
import type { ContentReader } from './content-reader.ts';
import { PreviewSkeleton, type PreviewProps } from './preview-frame.tsx';

const FIRST_PAGES = 3;
const RANGE_BYTES = 256 * 1024;
/** Sharp on dense screens; more only costs memory. */
const MOST_CANVAS_PIXELS = 4_000_000;

type Opened =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open'; readonly document: PDFDocumentProxy }
  | { readonly kind: 'broken' };

export function PdfPreview({ content, reader }: PreviewProps) {
  const { inspector: words } = useWords();
  const opened = usePdf(reader, content.sizeBytes);
  const [shown, setShown] = useState(FIRST_PAGES);
  if (opened.kind === 'opening') return <PreviewSkeleton />;
  if (opened.kind === 'broken') return <p className="preview-note">{words.pdfBroken}</p>;
  const { document: pdf } = opened;
  const pages = Math.min(shown, pdf.numPages);
  return (
    <div className="pdf-preview">
      <p className="hint">{words.pdfPages(pages, pdf.numPages)}</p>
      {Array.from({ length: pages }, (_, index) => (
        <PdfPage key={index} pdf={pdf} page={index + 1} />
      ))}
      {pages < pdf.numPages && (
        <Button variant="default" size="compact-sm" onClick={() => setShown(shown * 2)}>
          {words.showMore}
        </Button>
      )}
    </div>
  );
}

function PdfPage({ pdf, page }: { pdf: PDFDocumentProxy; page: number }) {
  const { inspector: words } = useWords();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [isBroken, setIsBroken] = useState(false);
  useEffect(() => {
    let isLeft = false;
    const draw = async (): Promise<void> => {
      const proxy = await pdf.getPage(page);
      const target = canvas.current;
      if (isLeft || target === null) return;
      const { width, height } = proxy.getViewport({ scale: 1 });
      const wanted = (target.clientWidth * devicePixelRatio) / width;
      const scale = Math.min(wanted, Math.sqrt(MOST_CANVAS_PIXELS / (width * height)));
      const viewport = proxy.getViewport({ scale });
      target.width = Math.max(1, Math.floor(viewport.width));
      target.height = Math.max(1, Math.floor(viewport.height));
      await proxy.render({ canvas: target, viewport, background: '#ffffff' }).promise;
    };
    draw().catch(() => {
      if (!isLeft) setIsBroken(true);
    });
    return () => {
      isLeft = true;
    };
  }, [pdf, page]);
  if (isBroken) return <p className="preview-note">{words.pdfBroken}</p>;
  return <canvas ref={canvas} role="img" aria-label={words.pdfPage(page)} />;
}

function usePdf(reader: ContentReader, sizeBytes: number): Opened {
  const [opened, setOpened] = useState<Opened>({ kind: 'opening' });
  useEffect(() => {
    let isLeft = false;
    setOpened({ kind: 'opening' });
    GlobalWorkerOptions.workerPort ??= new Worker(new URL('./pdf-worker.ts', import.meta.url), {
      type: 'module',
    });
    const task = getDocument({
      range: new RangeTransport(reader, sizeBytes),
      rangeChunkSize: RANGE_BYTES,
      disableAutoFetch: true,
      disableStream: true,
      // The pages' policy allows neither code made of text nor WebAssembly.
      useWasm: false,
      enableXfa: false,
      stopAtErrors: false,
      verbosity: 0,
    });
    task.promise.then(
      (document) => {
        if (!isLeft) setOpened({ kind: 'open', document });
      },
      () => {
        if (!isLeft) setOpened({ kind: 'broken' });
      },
    );
    return () => {
      isLeft = true;
      void task.destroy();
    };
  }, [reader, sizeBytes]);
  return opened;
}

/** What pdf.js reads from: ranges of the file in the backup place. */
class RangeTransport extends PDFDataRangeTransport {
  readonly #reader: ContentReader;

  constructor(reader: ContentReader, sizeBytes: number) {
    super(sizeBytes, null);
    this.#reader = reader;
  }

  override requestDataRange(begin: number, end: number): void {
    this.#reader.read(begin, end - begin).then(
      (bytes) => this.onDataRange(begin, bytes),
      () => this.abort(),
    );
  }
}
