/** What axe finds on a page as it is now. Put in by evaluation: the pages' policy refuses scripts that are written in. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { ROOT } from './target.ts';

const SOURCE = readFileSync(path.join(ROOT, 'node_modules', 'axe-core', 'axe.min.js'), 'utf8');

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/**
 * A page that is still fading in has pale letters, which is no fault of it: it is looked at when it stands. What has just been
 * asked of it begins to move with the next frame.
 */
const SETTLED = `new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))).then(() =>
  Promise.all(document.getAnimations()
    .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity)
    .map(({ finished }) => finished.catch(() => undefined))))`;

/** One line for each fault: its rule and where. @param part what is looked at; the whole page when left out */
export async function findAxeFaults(page: Page, part?: string): Promise<string[]> {
  const where = part === undefined ? 'document' : JSON.stringify(part);
  const isThere = await page.evaluate(`${SETTLED}.then(() => 'axe' in globalThis)`);
  // Large: put in once for each page.
  if (isThere !== true) await page.evaluate(`${SOURCE}; undefined`);
  const results = await page.evaluate(`axe.run(${where}, { resultTypes: ['violations'] })`);
  return (results as AxeResults).violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html }) => `${id}: ${html.slice(0, 300)}`),
  );
}
