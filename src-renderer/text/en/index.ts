/** Every word of the window in English, a table per part of it. This one decides which words there are. */
import { frame } from './frame.ts';
import { kit } from './kit.ts';
import { recover } from './recover.ts';
import { welcome } from './welcome.ts';

export const en = { frame, kit, recover, welcome };
