/**
 * The recovery kit of a place: its page with the ways to keep it, and the proof that somebody has it. While this window
 * knows the code, the page can be made; later only the proof by the whole code, or another code, is left.
 */
import { Button, Portal } from '@mantine/core';
import { FileDown, Printer, ClipboardCopy, Eye, EyeOff } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { SecretText } from '#base/secret-text.ts';
import { isDesktop } from '../../core-link/desktop.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useCore, useMirror } from '../../core-link/use-core.ts';
import { useHeldCode } from '../../core-link/held-codes.ts';
import { errorSentences } from '../../text/error-sentences.ts';
import { useFormats, useWords } from '../../text/use-words.ts';
import { NoteBar } from '../../ui/note-bar.tsx';
import { copyForAMinute } from './copy-for-a-minute.ts';
import { kitSheet, paperOf, type KitFacts } from './kit-sheet-model.ts';
import { KitOptions } from './kit-options.tsx';
import { KitSheetPage } from './kit-sheet.tsx';
import { FindKit } from './find-kit.tsx';
import { KitFileNote, useKitFile } from './save-kit-file.tsx';
import { ProveByGroups } from './prove-by-groups.tsx';
import { ProveByCode } from './prove-by-code.tsx';
import { Proven } from './proven.tsx';
import './recovery-kit.css';

export interface RecoveryKitProps {
  readonly placeId: string;
  /** What stands above it, where it is the page; its own title elsewhere. */
  readonly head?: ReactNode;
}

export function RecoveryKit({ placeId, head }: RecoveryKitProps) {
  const { calls } = useCore();
  const { kit } = useWords();
  const mirror = useMirror();
  const code = useHeldCode(placeId);
  const facts = useAnswer(() => calls['kit.get']({ placeId }), [placeId, code === undefined]);
  const place = mirror?.places.find(({ id }) => id === placeId);
  if (mirror === undefined) return null;
  if (place === undefined)
    return (
      <section className="recovery-kit">
        <p>{kit.noPlace}</p>
        <Button component="a" href="#/places" variant="default">
          {kit.toPlaces}
        </Button>
      </section>
    );
  return (
    <section className="recovery-kit" aria-label={kit.title}>
      {head ?? (
        <header>
          <h2>{kit.title}</h2>
          <p>
            {kit.lead} {kit.leadLost}
          </p>
        </header>
      )}
      {facts.kind === 'refused' && (
        <p className="refusal" role="alert">
          {errorSentences(facts.error)}
        </p>
      )}
      {code !== undefined && facts.value === undefined && facts.kind === 'asking' && (
        <div className="paper-ghost" aria-label={kit.loading} />
      )}
      {code !== undefined && facts.value !== undefined ? (
        <KnownKit facts={facts.value} code={code} placeId={placeId} isProven={place.isRecoveryProven} />
      ) : (
        code === undefined &&
        (place.isRecoveryProven ? <FindKit placeId={placeId} /> : <ProveByCode placeId={placeId} />)
      )}
    </section>
  );
}

interface KnownKitProps {
  readonly facts: KitFacts;
  readonly code: SecretText;
  readonly placeId: string;
  readonly isProven: boolean;
}

type Notice = 'copied' | 'copyRefused' | 'pdfFailed' | 'pdfAlone';

function KnownKit({ facts, code, placeId, isProven }: KnownKitProps) {
  const { kit } = useWords();
  const formats = useFormats();
  const [isCodeInQr, setCodeInQr] = useState(false);
  const [givenTo, setGivenTo] = useState('');
  const [isCovered, setCovered] = useState(false);
  const [notice, setNotice] = useState<Notice>();
  const kitFile = useKitFile();
  const choice = { paper: paperOf(navigator.languages), code, isCodeInQr, givenTo };
  const sheet = kitSheet(facts, choice, kit, formats);
  const shown = kitSheet(
    facts,
    { ...choice, code: isCovered ? null : code, isCodeInQr: false },
    kit,
    formats,
  );
  const save = async (): Promise<void> => {
    try {
      const { makeKitPdf } = await import('./make-kit-pdf.ts');
      const [pdf, name] = [await makeKitPdf(sheet), kit.fileName(facts.placeName)];
      setNotice(undefined);
      if (isDesktop()) return await kitFile.save(pdf, name);
      giveFile(pdf, name);
      setNotice('pdfAlone');
    } catch {
      setNotice('pdfFailed');
    }
  };
  return (
    <>
      <div className="table">
        <div className="kit-sheet-frame">
          <KitSheetPage sheet={shown} />
        </div>
        <div className="ways-to-keep">
          <Button
            leftSection={<Printer size={16} strokeWidth={1.7} aria-hidden />}
            variant={isProven ? 'default' : 'filled'}
            onClick={() => print()}
          >
            {kit.print}
          </Button>
          <Button
            leftSection={<FileDown size={16} strokeWidth={1.7} aria-hidden />}
            variant="default"
            onClick={() => void save()}
          >
            {kit.savePdf}
          </Button>
          <Button
            leftSection={<ClipboardCopy size={16} strokeWidth={1.7} aria-hidden />}
            variant="default"
            onClick={() =>
              void copyForAMinute(code.reveal()).then((isCopied) =>
                setNotice(isCopied ? 'copied' : 'copyRefused'),
              )
            }
          >
            {kit.copyCode}
          </Button>
          <div className="notice-line" aria-live="polite">
            {notice === 'pdfAlone' ? (
              <NoteBar tone="warning">{kit.pdfAlone}</NoteBar>
            ) : (
              notice !== undefined && kit[notice]
            )}
            <KitFileNote kitFile={kitFile} />
          </div>
          <KitOptions
            isCodeInQr={isCodeInQr}
            givenTo={givenTo}
            onCodeInQr={setCodeInQr}
            onGivenTo={setGivenTo}
          />
          <Button
            className="cover"
            variant="subtle"
            color="gray"
            size="xs"
            leftSection={
              isCovered ? (
                <Eye size={14} strokeWidth={1.7} aria-hidden />
              ) : (
                <EyeOff size={14} strokeWidth={1.7} aria-hidden />
              )
            }
            onClick={() => setCovered(!isCovered)}
          >
            {isCovered ? kit.showCode : kit.hideCode}
          </Button>
        </div>
      </div>
      {isProven ? (
        <Proven />
      ) : (
        <ProveByGroups placeId={placeId} code={code} onBegin={() => setCovered(true)} />
      )}
      <Portal reuseTargetNode={false} className="kit-print">
        <KitSheetPage sheet={sheet} />
      </Portal>
    </>
  );
}

function giveFile(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken it over by the next turn of the loop, or asks first and keeps it by itself.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
