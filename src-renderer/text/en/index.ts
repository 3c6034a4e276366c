/** Every word of the window in English, a table per part of it. This one decides which words there are. */
import { chooseFolder } from './choose-folder.ts';
import { frame } from './frame.ts';
import { history } from './history.ts';
import { inspector } from './inspector.ts';
import { putBack } from './put-back.ts';
import { search } from './search.ts';

export const en = { chooseFolder, frame, history, inspector, putBack, search };
