/**
 * A process of its own that restores in a way that can be taken back, and kills itself without a word before a step that changes
 * the disk: `undo-child.ts <repository> <password> <snapshot> <target> <rule> <step>`.
 */
import { createTargetFiles } from '#files/open-files.ts';
import type { RestoreRule } from '#operations/restore/rules.ts';
import { openTestRepository } from '#test/support/engine.ts';
import { steppingFiles } from '#test/support/stepping-files.ts';
import { restoreAs } from '#test/support/undo-world.ts';

const [folder = '', password = '', snapshot = '', target = '', rule = '', step = ''] = process.argv.slice(2);
let steps = 0;
const files = steppingFiles(createTargetFiles(), () => {
  if (steps === Number(step)) process.kill(process.pid, 'SIGKILL');
  steps++;
});
const repository = await openTestRepository(folder, password);
await restoreAs(repository, {}, { target, snapshot, overwrite: rule as RestoreRule, files });
process.stdout.write(String(steps));
