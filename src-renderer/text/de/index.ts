/** Every word of the window in German. */
import type { en } from '../en/index.ts';
import type { Translated } from '../translated.ts';
import { activity } from './activity.ts';
import { chooseFolder } from './choose-folder.ts';
import { compare } from './compare.ts';
import { folders } from './folders.ts';
import { frame } from './frame.ts';
import { handOut } from './hand-out.ts';
import { history } from './history.ts';
import { inspector } from './inspector.ts';
import { jobs } from './jobs.ts';
import { keys } from './keys.ts';
import { kit } from './kit.ts';
import { overview } from './overview.ts';
import { places } from './places.ts';
import { putBack } from './put-back.ts';
import { recover } from './recover.ts';
import { search } from './search.ts';
import { settings } from './settings.ts';
import { space } from './space.ts';
import { trial } from './trial.ts';
import { welcome } from './welcome.ts';

export const de: Translated<typeof en> = {
  activity,
  chooseFolder,
  compare,
  folders,
  frame,
  handOut,
  history,
  inspector,
  jobs,
  keys,
  kit,
  overview,
  places,
  putBack,
  recover,
  search,
  settings,
  space,
  trial,
  welcome,
};
