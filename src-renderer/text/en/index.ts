/** Every word of the window in English, a table per part of it. This one decides which words there are. */
import { chooseFolder } from './choose-folder.ts';
import { frame } from './frame.ts';
import { jobs } from './jobs.ts';
import { overview } from './overview.ts';
import { space } from './space.ts';

export const en = {
  chooseFolder,
  frame,
  jobs,
  overview,
  space,
};
