/** The page of a kit on the table, with the ways to keep it: the person's own page, and that of somebody else. */
import { Button, Portal } from '@mantine/core';
import { FileDown, Printer, ClipboardCopy, Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import type { SecretText } from '#base/secret-text.ts';
import { isDesktop } from '../../core-link/desktop.ts';
import { giveFile } from '../../parts/give-file.ts';
import { useFormats, useWords } from '../../text/use-words.ts';
import { NoteBar } from '../../ui/note-bar.tsx';
import { copyForAMinute } from './copy-for-a-minute.ts';
import { kitSheet, paperOf, type KitFacts } from './kit-sheet-model.ts';
import { KitOptions } from './kit-options.tsx';
import { KitSheetPage } from './kit-sheet.tsx';
import { KitFileNote, useKitFile } from './save-kit-file.tsx';

export interface KitTableProps {
  readonly facts: KitFacts;
  readonly code: SecretText;
  /** It is to be kept now. */
  readonly isUrgent: boolean;
  readonly isCovered: boolean;
  readonly onCover: (isCovered: boolean) => void;
  /** Where it is somebody else's. */
  readonly helper?: { readonly name: string; readonly otherPlaces: readonly KitFacts[] };
}

type Notice = 'copied' | 'copyRefused' | 'pdfFailed' | 'pdfAlone';

export function KitTable({ facts, code, isUrgent, isCovered, onCover, helper }: KitTableProps) {
  const { kit, keys } = useWords();
  const formats = useFormats();
  const [isCodeInQr, setCodeInQr] = useState(false);
  const [givenTo, setGivenTo] = useState(helper?.name ?? '');
  const [notice, setNotice] = useState<Notice>();
  const kitFile = useKitFile();
  const choice = {
    paper: paperOf(navigator.languages),
    code,
    isCodeInQr,
    givenTo,
    ...(helper === undefined ? {} : { helper }),
  };
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
      const name = helper === undefined ? kit.fileName(facts.placeName) : keys.helperFileName(helper.name);
      const pdf = await makeKitPdf(sheet);
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
            variant={isUrgent ? 'filled' : 'default'}
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
            {notice === 'pdfAlone' && helper === undefined ? (
              <NoteBar tone="warning">{kit.pdfAlone}</NoteBar>
            ) : (
              notice !== undefined && notice !== 'pdfAlone' && kit[notice]
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
            onClick={() => onCover(!isCovered)}
          >
            {isCovered ? kit.showCode : kit.hideCode}
          </Button>
        </div>
      </div>
      <Portal reuseTargetNode={false} className="kit-print">
        <KitSheetPage sheet={sheet} />
      </Portal>
    </>
  );
}
