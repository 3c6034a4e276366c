/** Every word of the window in German. */
import type { en } from '../en/index.ts';
import type { Translated } from '../translated.ts';
import { chooseFolder } from './choose-folder.ts';
import { frame } from './frame.ts';
import { jobs } from './jobs.ts';
import { overview } from './overview.ts';
import { space } from './space.ts';

export const de: Translated<typeof en> = {
  chooseFolder,
  frame,
  jobs,
  overview,
  space,
};
