/** Every word of the window in German. */
import type { en } from '../en/index.ts';
import type { Translated } from '../translated.ts';
import { chooseFolder } from './choose-folder.ts';
import { frame } from './frame.ts';
import { history } from './history.ts';
import { inspector } from './inspector.ts';
import { putBack } from './put-back.ts';
import { search } from './search.ts';

export const de: Translated<typeof en> = { chooseFolder, frame, history, inspector, putBack, search };
