/**
 * A process of its own that restores, to be killed or to run as somebody else:
 * `restore-child.ts <repository> <password> <snapshot> <target> [uid] [killAfter]`. It kills itself without a word when so
 * many files are restored; otherwise the last line of its output is the result, or the error's code, as JSON.
 */
import { isTidemarkError } from '#base/errors.ts';
import { openTestRepository } from '#test/support/engine.ts';
import { restore } from '#test/support/restore.ts';

const [folder = '', password = '', snapshot = '', target = '', uid = '', killAfter = ''] =
  process.argv.slice(2);
const repository = await openTestRepository(folder, password);
if (uid !== '') {
  process.setgroups?.([]);
  process.setgid?.(Number(uid));
  process.setuid?.(Number(uid));
}
let files = 0;
const observer = {
  onEntry: (): void => {
    files++;
    if (files === Number(killAfter)) process.kill(process.pid, 'SIGKILL');
  },
};
try {
  const result = await restore(repository, target, { snapshot, observer });
  process.stdout.write(JSON.stringify(result));
} catch (error) {
  if (!isTidemarkError(error)) throw error;
  process.stdout.write(JSON.stringify({ code: error.code }));
}
