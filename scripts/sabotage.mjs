/**
 * `npm run sabotage [-- NAME ...]`: breaks a copy of the checkout on purpose, one fault after the other, and shows that
 * the tests notice each. Installs and builds what is missing, then runs test/sabotage/main.ts on Node 24. By hand only.
 */
import { NODE_24, checkoutEnvironment, installPackages, run } from './checkout.mjs';
import { ensureNode } from './ensure-node.mjs';

await installPackages();
ensureNode();
if ((await run(process.execPath, ['scripts/build.mjs'])) !== 0) {
  console.error('The build failed; nothing was broken on purpose.');
  process.exit(1);
}
process.exit(
  await run(NODE_24, ['test/sabotage/main.ts', ...process.argv.slice(2)], { env: checkoutEnvironment() }),
);
