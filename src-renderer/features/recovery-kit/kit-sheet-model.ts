/** Everything that stands on the page of the recovery kit, as words: what is drawn, printed and written as PDF is this. Pure. */
import type { SecretText } from '#base/secret-text.ts';
import type { Formats } from '../../text/formats.ts';
import { showName } from '../../text/show-name.ts';
import type { Words } from '../../text/language.ts';

/** As `kit.get` answers. */
export interface KitFacts {
  readonly placeName: string;
  readonly kind: string;
  readonly location: string;
  readonly computerName: string;
  readonly dateMs: number;
  readonly repositoryId: string;
  readonly keyIds: readonly string[];
  readonly commands: readonly string[];
}

export type Paper = 'a4' | 'letter';

export interface KitSheet {
  readonly paper: Paper;
  readonly title: string;
  readonly made: string;
  readonly sentences: readonly string[];
  readonly whereTitle: string;
  readonly where: readonly { readonly label: string; readonly value: string }[];
  readonly codeTitle: string;
  /** Null: it is not shown here. */
  readonly groups: readonly string[] | null;
  readonly codeHidden: string;
  readonly qrText: string;
  readonly qrLabel: string;
  readonly stepsTitle: string;
  readonly steps: readonly string[];
  readonly plainTitle: string;
  readonly plainBody: string;
  readonly commands: readonly string[];
  readonly givenToLabel: string;
  readonly givenTo: string;
  readonly identity: string;
}

export interface SheetChoice {
  readonly paper: Paper;
  readonly code: SecretText | null;
  readonly isCodeInQr: boolean;
  readonly givenTo: string;
  /** Of somebody else: one code for all places, of which these are the others. Absent: the person's own page. */
  readonly helper?: { readonly otherPlaces: readonly KitFacts[] };
}

const SHORT_ID = 8;

export function kitSheet(
  facts: KitFacts,
  { paper, code, isCodeInQr, givenTo, helper }: SheetChoice,
  { sheet }: Words['kit'],
  formats: Formats,
): KitSheet {
  const place = showName(facts.placeName);
  const kind = Object.hasOwn(sheet.kinds, facts.kind)
    ? sheet.kinds[facts.kind as keyof typeof sheet.kinds]
    : sheet.kinds.other;
  const { first, second, third, fourth, fifth } = sheet.steps;
  const others = helper?.otherPlaces ?? [];
  const hasCode = isCodeInQr && code !== null;
  return {
    paper,
    title: helper === undefined ? sheet.title : sheet.helperTitle,
    made: sheet.made(showName(facts.computerName), formats.date(facts.dateMs)),
    sentences: [
      helper === undefined ? sheet.what : sheet.helperWhat(showName(givenTo)),
      sheet.need,
      helper === undefined ? sheet.warning : sheet.helperWarning,
    ],
    whereTitle: sheet.where,
    where: [
      { label: sheet.placeName, value: place },
      { label: sheet.kind, value: kind },
      { label: sheet.address, value: showName(facts.location) },
      ...others.map((other) => ({
        label: sheet.alsoAt,
        value: `${showName(other.placeName)}: ${showName(other.location)}`,
      })),
    ],
    codeTitle: helper === undefined ? sheet.code : sheet.helperCode,
    groups: code === null ? null : code.reveal().split('-'),
    codeHidden: sheet.hidden,
    qrText: qrText([facts, ...others], hasCode ? code : null),
    qrLabel: hasCode ? sheet.qrWithCode : sheet.qr,
    stepsTitle: sheet.withApp,
    steps: [first, second, third(place), helper === undefined ? fourth : sheet.helperStep, fifth],
    plainTitle: sheet.withoutApp,
    plainBody: sheet.withoutAppBody,
    commands: facts.commands.map(showName),
    givenToLabel: sheet.givenTo,
    givenTo,
    identity: sheet.identity(
      facts.repositoryId.slice(0, SHORT_ID),
      facts.keyIds.map((id) => id.slice(0, SHORT_ID)).join(', '),
    ),
  };
}

/** Lines that any telephone shows; the address as it is typed under "Getting things back". */
function qrText(places: readonly KitFacts[], code: SecretText | null): string {
  return [
    'Tidemark',
    ...places.flatMap(({ placeName, location, repositoryId }) => [placeName, location, repositoryId]),
    ...(code === null ? [] : [code.reveal()]),
  ].join('\n');
}

/** Letter where it is bought, A4 in the rest of the world. @param languages as `navigator.languages` */
export function paperOf(languages: readonly string[]): Paper {
  const region = languages.map((tag) => /-([A-Z]{2})\b/i.exec(tag)?.[1]).find((found) => found !== undefined);
  return ['US', 'CA', 'MX', 'CL', 'CO', 'PH', 'VE', 'GT', 'CR', 'PA'].includes((region ?? '').toUpperCase())
    ? 'letter'
    : 'a4';
}
