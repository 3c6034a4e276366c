/** Every word of the window in German. */
import type { en } from '../en/index.ts';
import type { Translated } from '../translated.ts';
import { frame } from './frame.ts';
import { kit } from './kit.ts';
import { recover } from './recover.ts';
import { welcome } from './welcome.ts';

export const de: Translated<typeof en> = { frame, kit, recover, welcome };
