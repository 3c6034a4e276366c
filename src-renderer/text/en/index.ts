/** Every word of the window in English, a table per part of it. This one decides which words there are. */
import { frame } from './frame.ts';

export const en = { frame };
