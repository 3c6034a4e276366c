/** Colours for program text, by highlight.js, which is loaded when the first such file is shown. */
import { extensionOf } from './preview-kinds.ts';

/** Names of languages where they are not what the file's name ends in. */
const LANGUAGES: Readonly<Record<string, string>> = {
  htm: 'xml',
  html: 'xml',
  svg: 'xml',
  plist: 'xml',
  mjs: 'javascript',
  cjs: 'javascript',
  mts: 'typescript',
  cts: 'typescript',
  h: 'c',
  hpp: 'cpp',
  cfg: 'ini',
  conf: 'ini',
  toml: 'ini',
  service: 'ini',
  desktop: 'ini',
  patch: 'diff',
};
/** Longer text is shown without colours, so that showing it never stalls the window. */
const MOST_SIGNS = 200_000;

/** Escaped HTML with spans of classes alone; null: no colours for it. */
export async function highlight(text: string, name: string): Promise<string | null> {
  const ext = extensionOf(name);
  const language = LANGUAGES[ext] ?? ext;
  if (language === '' || language === 'txt' || text.length > MOST_SIGNS) return null;
  const { default: library } = await import('highlight.js/lib/common');
  if (library.getLanguage(language) === undefined) return null;
  return library.highlight(text, { language, ignoreIllegals: true }).value;
}
