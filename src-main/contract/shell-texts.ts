/** What the desktop shell itself says: tray, notices, dialogs. The same vocabulary as the window's. */
import type { Language } from './language.ts';
import { shell as de } from './texts/de/shell.ts';
import { shell as en } from './texts/en/shell.ts';
import type { ShellTable } from './texts/text-tables.ts';

export const SHELL_TEXTS: Readonly<Record<Language, ShellTable>> = { en, de };
