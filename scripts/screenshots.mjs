/** `npm run screenshots`: pictures of every page into docs/screenshots; names choose pages. Build first. Needs Chromium. */
import { ensureNode } from './ensure-node.mjs';
import { NODE_24, run } from './checkout.mjs';

ensureNode();
process.exit(await run(NODE_24, ['test/e2e/screenshots/main.ts', ...process.argv.slice(2)]));
