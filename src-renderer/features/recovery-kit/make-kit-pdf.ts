/// <reference types="vite/client" />
/**
 * The page of the kit as a PDF with real text, in the same order as on the screen. Loaded when it is asked for: jsPDF
 * and its letters are larger than the rest of the window's page. A character that the letters lack is written as its
 * number, so that nothing is missing without a sign.
 */
import { jsPDF } from 'jspdf';
import boldUrl from 'pdfjs-dist/standard_fonts/LiberationSans-Bold.ttf?url';
import regularUrl from 'pdfjs-dist/standard_fonts/LiberationSans-Regular.ttf?url';
import { drawQr } from './draw-qr.ts';
import type { KitSheet } from './kit-sheet-model.ts';

const FAMILY = 'Kit';
const MONO = 'courier';
/** Millimetres. */
const MARGIN = 18;
const QR_SIDE = 34;
const POINT_MM = 25.4 / 72;
const LINE = 1.35;

const INK = '#14222a';
const DIM = '#566a74';
const ACCENT = '#0f7f8c';
const RULE = '#c3ced2';

export async function makeKitPdf(sheet: KitSheet): Promise<Blob> {
  const pdf = new jsPDF({ unit: 'mm', format: sheet.paper, compress: true });
  await Promise.all([addLetters(pdf, regularUrl, 'normal'), addLetters(pdf, boldUrl, 'bold')]);
  pdf.setProperties({ title: sheet.title });
  drawSheet(new Pen(pdf), sheet);
  return pdf.output('blob');
}

async function addLetters(pdf: jsPDF, url: string, style: 'normal' | 'bold'): Promise<void> {
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
  const name = `${FAMILY}-${style}.ttf`;
  pdf.addFileToVFS(name, toBinaryText(bytes));
  pdf.addFont(name, FAMILY, style);
}

function toBinaryText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8_192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return text;
}

interface Face {
  readonly size: number;
  readonly isBold?: boolean;
  readonly colour?: string;
  readonly isMono?: boolean;
}

/** Writes downwards; knows where it is. */
class Pen {
  readonly pdf: jsPDF;
  readonly width: number;
  readonly height: number;
  y = MARGIN;

  constructor(pdf: jsPDF) {
    this.pdf = pdf;
    this.width = pdf.internal.pageSize.getWidth();
    this.height = pdf.internal.pageSize.getHeight();
  }

  /** Wraps at `width`, also within a word that is longer, as paths are. */
  write(text: string, x: number, width: number, face: Face): void {
    this.#take(face);
    const step = face.size * POINT_MM * LINE;
    for (const line of this.#wrap(text, width, face)) {
      this.y += step;
      this.pdf.text(line, x, this.y - face.size * POINT_MM * (LINE - 1));
    }
  }

  at(text: string, x: number, y: number, face: Face, align: 'left' | 'center' | 'right' = 'left'): void {
    this.#take(face);
    this.pdf.text(this.#known(text, face), x, y, { align });
  }

  rule(y: number, from: number, to: number): void {
    this.pdf.setDrawColor(RULE).setLineWidth(0.25).line(from, y, to, y);
  }

  #take({ size, isBold = false, colour = INK, isMono = false }: Face): void {
    this.pdf
      .setFont(isMono && !isBold ? MONO : FAMILY, isBold ? 'bold' : 'normal')
      .setFontSize(size)
      .setTextColor(colour);
  }

  #wrap(text: string, width: number, face: Face): string[] {
    const lines: string[] = [];
    let line = '';
    for (const part of this.#known(text, face).split(/(?<=[ /\\-])/)) {
      for (const piece of this.#pieces(part, width)) {
        if (line !== '' && this.pdf.getTextWidth((line + piece).trimEnd()) > width) {
          lines.push(line.trimEnd());
          line = '';
        }
        line += piece;
      }
    }
    return line === '' ? lines : [...lines, line.trimEnd()];
  }

  #pieces(part: string, width: number): string[] {
    if (this.pdf.getTextWidth(part) <= width) return [part];
    return Array.from(part);
  }

  #known(text: string, { isMono = false, isBold = false }: Face): string {
    if (isMono && !isBold) return text.replace(/[^\u0020-\u007e\u00a0-\u00ff]/gu, numberOf);
    const { metadata } = this.pdf.getFont() as unknown as FontFacts;
    return Array.from(text)
      .map((sign) => (metadata.characterToGlyph(sign.codePointAt(0) ?? 0) === 0 ? numberOf(sign) : sign))
      .join('');
  }
}

interface FontFacts {
  readonly metadata: { characterToGlyph(character: number): number };
}

function numberOf(sign: string): string {
  return `<U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`;
}

function drawSheet(pen: Pen, sheet: KitSheet): void {
  const inner = pen.width - 2 * MARGIN;
  const right = pen.width - MARGIN;
  drawMark(pen.pdf, MARGIN, MARGIN);
  pen.at(sheet.title, MARGIN + 15, MARGIN + 5.4, { size: 17, isBold: true });
  pen.at(sheet.made, MARGIN + 15, MARGIN + 10.6, { size: 9.5, colour: DIM });
  pen.y = MARGIN + 15;
  pen.write(sheet.sentences.join(' '), MARGIN, inner, { size: 10 });

  pen.y += 7;
  const top = pen.y;
  title(pen, sheet.whereTitle, MARGIN);
  for (const { label, value } of sheet.where) {
    const before = pen.y;
    pen.write(label, MARGIN, 24, { size: 9.5, colour: DIM });
    pen.y = before;
    pen.write(value, MARGIN + 24, inner - 24 - QR_SIDE - 8, { size: 9.5 });
    pen.y += 0.8;
  }
  drawQrAt(pen.pdf, sheet.qrText, right - QR_SIDE, top);
  const below = pen.y;
  pen.y = top + QR_SIDE + 1.5;
  pen.write(sheet.qrLabel, right - QR_SIDE, QR_SIDE, { size: 7.5, colour: DIM });
  pen.y = Math.max(pen.y, below) + 5;

  pen.rule(pen.y, MARGIN, right);
  pen.y += 5;
  title(pen, sheet.codeTitle, MARGIN);
  drawGroups(pen, sheet, inner);
  pen.rule(pen.y, MARGIN, right);
  pen.y += 5;

  title(pen, sheet.stepsTitle, MARGIN);
  sheet.steps.forEach((step, at) => {
    const before = pen.y;
    pen.write(`${at + 1}.`, MARGIN, 6, { size: 10, isBold: true, colour: ACCENT });
    pen.y = before;
    pen.write(step, MARGIN + 6, inner - 6, { size: 10 });
    pen.y += 0.6;
  });
  pen.y += 5;
  title(pen, sheet.plainTitle, MARGIN);
  pen.write(sheet.plainBody, MARGIN, inner, { size: 10 });
  pen.y += 1.5;
  for (const command of sheet.commands) {
    pen.write(command, MARGIN + 3, inner - 3, { size: 9.5, isMono: true });
    pen.y += 0.8;
  }

  const foot = pen.height - MARGIN;
  pen.at(sheet.givenToLabel, MARGIN, foot - 6, { size: 10 });
  const from = MARGIN + pen.pdf.getTextWidth(sheet.givenToLabel) + 3;
  pen.rule(foot - 5.2, from, right);
  pen.at(sheet.givenTo, from + 2, foot - 6, { size: 10 });
  pen.at(sheet.identity, MARGIN, foot, { size: 7.5, colour: DIM });
}

function title(pen: Pen, text: string, x: number): void {
  pen.write(text, x, 120, { size: 11, isBold: true });
  pen.y += 1;
}

/** Eight groups in two rows, large, with their numbers below. */
function drawGroups(pen: Pen, { groups, codeHidden }: KitSheet, inner: number): void {
  if (groups === null) {
    pen.write(codeHidden, MARGIN, inner, { size: 10, colour: DIM });
    pen.y += 5;
    return;
  }
  const across = 4;
  const step = inner / across;
  groups.forEach((group, at) => {
    const x = MARGIN + (at % across) * step;
    const y = pen.y + 8 + Math.floor(at / across) * 15;
    pen.pdf.setFont(MONO, 'bold').setFontSize(22).setTextColor(INK).text(group, x, y);
    pen.at(String(at + 1), x, y + 4.4, { size: 7.5, colour: DIM });
  });
  pen.y += Math.ceil(groups.length / across) * 15 + 3;
}

function drawQrAt(pdf: jsPDF, text: string, x: number, y: number): void {
  const { size, runs } = drawQr(text);
  const unit = QR_SIDE / size;
  pdf.setFillColor(INK);
  for (const run of runs) pdf.rect(x + run.x * unit, y + run.y * unit, run.width * unit, unit, 'F');
}

/** The three waves of the application's mark. */
function drawMark(pdf: jsPDF, x: number, y: number): void {
  pdf.setFillColor(ACCENT).roundedRect(x, y, 11, 11, 2.6, 2.6, 'F');
  pdf.setDrawColor('#ffffff').setLineWidth(0.8).setLineCap('round');
  for (const row of [3.7, 5.7, 7.7]) {
    const wave = [0, 1, 2, 3].map((at) => {
      const up = at % 2 === 0 ? -1.1 : 1.1;
      return [0.55, up, 1.15, up, 1.7, 0];
    });
    pdf.lines(wave, x + 2.1, y + row, [1, 1], 'S');
  }
}
