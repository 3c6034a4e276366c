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

/** One line for each fault: its rule and where. */
export async function findAxeFaults(page: Page): Promise<string[]> {
  const results = await page.evaluate(`${SOURCE}; axe.run(document, { resultTypes: ['violations'] })`);
  return (results as AxeResults).violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html }) => `${id}: ${html.slice(0, 300)}`),
  );
}
