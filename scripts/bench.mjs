/**
 * `npm run bench [-- OPTIONS]`: compares Tidemark with the real restic, as DESIGN.md's "Budgets" ask. Installs and
 * builds what is missing, finds restic as `npm test` does, then runs test/bench/main.ts on Node 24, which explains
 * the options (`--help`). `--no-setup` leaves out installing and fetching. Never part of `npm test`.
 */
import { NODE_24, checkoutEnvironment, installPackages, run } from './checkout.mjs';
import { ensureNode } from './ensure-node.mjs';
import { prepareTestTools } from './test-tools.mjs';

const args = process.argv.slice(2);
const setsUp = !args.includes('--no-setup');
const options = args.filter((argument) => argument !== '--no-setup');
const wantsHelp = options.includes('--help');

if (setsUp) await installPackages();
ensureNode();
if (!wantsHelp && (await run(process.execPath, ['scripts/build.mjs'])) !== 0) {
  console.error('The build failed; nothing was measured.');
  process.exit(1);
}
const env = { ...checkoutEnvironment(), ...(setsUp && !wantsHelp ? prepareTestTools() : {}) };
// What a person gives as a folder or file is meant from where the person is; npm starts scripts in the checkout.
env.TIDEMARK_BENCH_CWD = process.env.INIT_CWD ?? process.cwd();
// An interrupt reaches the bench as well, and it tidies up: this process waits for it.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => undefined);
process.exit(await run(NODE_24, ['test/bench/main.ts', ...options], { env }));
