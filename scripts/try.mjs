/**
 * `npm run try [-- FOLDER]`: a guided first backup and restore. Installs and builds what is
 * missing, then backs up the folder (or a sample that it makes) into a new repository in a temporary folder,
 * restores it beside, checks the repository and compares. Changes nothing outside of that temporary folder.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT, hasProgram, installPackages, run } from './checkout.mjs';
import { compareTrees } from './compare-trees.mjs';
import { ensureNode } from './ensure-node.mjs';

const TIDEMARK = path.join(ROOT, 'bin', 'tidemark');
/** Exit code of `backup`: a version was made, but some files could not be read. */
const SOME_UNREADABLE = 3;

const argument = process.argv[2];
/** npm starts scripts in the checkout and tells where the person was. */
const given = argument === undefined ? undefined : path.resolve(process.env.INIT_CWD ?? '', argument);
if (given !== undefined && !existsSync(given)) stop(`There is no folder ${given}. Nothing was done.`);
if (given !== undefined && !statSync(given).isDirectory()) stop(`${given} is no folder. Nothing was done.`);

await installPackages();
ensureNode();
if ((await run(process.execPath, ['scripts/build.mjs'])) !== 0) stop('The build failed; see above.');

const place = mkdtempSync(path.join(realpathSync(tmpdir()), 'tidemark-first-backup-'));
const source = given === undefined ? makeSample(path.join(place, 'sample')) : realpathSync(given);
if (`${place}/`.startsWith(source === '/' ? source : `${source}/`)) {
  rmdirSync(place);
  stop(
    `${source} holds the folder for temporary files, where the repository would be. Choose a folder further in.`,
  );
}
const repository = path.join(place, 'repository');
const restored = path.join(place, 'restored');
const passwordFile = path.join(place, 'password.txt');
writeFileSync(passwordFile, `${randomBytes(15).toString('base64url')}\n`, { mode: 0o600 });

say(`Tidemark: your first backup and restore

  what is backed up   ${source}${given === undefined ? '  (a sample; npm run try -- FOLDER takes your own)' : ''}
  repository          ${repository}
  password            made up, in ${passwordFile}

Your folder is only read. Everything that is written goes below ${place}.`);

step('1. Make a repository. It is encrypted: without the password nobody reads it, you neither.', ['init']);
step(
  '2. Back up. Every file is cut into pieces, each stored once, compressed and encrypted.',
  ['backup', source],
  [0, SOME_UNREADABLE],
);
step(
  '3. Back up again. Nothing changed, so almost nothing is stored, and it is quick.',
  ['backup', source],
  [0, SOME_UNREADABLE],
);
step('4. List the versions that you could go back to.', ['snapshots']);
step('5. Restore the latest version into another folder; full paths are made below it.', [
  'restore',
  'latest',
  '--target',
  restored,
]);
step('6. Check the repository: structure, and every byte of data.', ['check', '--read-data']);

say('7. Compare what was restored with the original: names, kinds, contents, permissions, times, links.');
const { entries, differences } = compareTrees(source, path.join(restored, source));
if (differences.length > 0) {
  for (const difference of differences.slice(0, 20)) console.log(`   differs: ${difference}`);
  stop(
    `${differences.length} of ${entries} entries differ. If you changed them meanwhile, or some could not be read, ` +
      `that is expected; otherwise it is a fault of Tidemark. Everything is left in ${place}.`,
  );
}
say(`   All ${entries} entries are equal.

Done. The repository is in restic's own format; stock restic opens it too${hasProgram('restic') ? ':' : ' (not on this machine):'}

  restic -r ${quote(repository)} --password-file ${quote(passwordFile)} snapshots

Tidemark's own command line:  npx tidemark --help
To remove all of this:        rm -r ${quote(place)}`);

/**
 * Says what is done and how one would type it, and does it. Ends the process when it fails.
 * @param {string} text
 * @param {readonly string[]} command
 * @param {readonly number[]} fineCodes
 */
function step(text, command, fineCodes = [0]) {
  const args = ['-r', repository, '--password-file', passwordFile, ...command];
  say(`${text}\n   $ npx tidemark ${args.map(quote).join(' ')}\n`);
  const { status } = spawnSync(TIDEMARK, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status === SOME_UNREADABLE && fineCodes.includes(status)) {
    say('   Some files could not be read; they are listed above. Everything else is in the backup.');
  } else if (status === null || !fineCodes.includes(status)) {
    stop(`That step failed (exit code ${status ?? 'none'}). Everything is left in ${place}.`);
  }
}

/**
 * A small folder with some of everything.
 * @param {string} folder
 */
function makeSample(folder) {
  const letters = path.join(folder, 'letters');
  mkdirSync(letters, { recursive: true });
  mkdirSync(path.join(folder, 'empty folder'));
  writeFileSync(path.join(letters, 'to grandmother.txt'), 'Dear grandmother,\nthe cat is well.\n');
  writeFileSync(path.join(letters, 'Grüße aus Köln.txt'), 'Viele Grüße!\n');
  writeFileSync(path.join(folder, 'diary.txt'), 'Today I made a backup.\n'.repeat(100_000));
  writeFileSync(path.join(folder, 'photo.raw'), randomBytes(3_000_000));
  writeFileSync(path.join(folder, 'private.txt'), 'nobody else reads this\n');
  chmodSync(path.join(folder, 'private.txt'), 0o600);
  writeFileSync(path.join(folder, 'empty.txt'), '');
  if (process.platform !== 'win32') symlinkSync('letters', path.join(folder, 'link to letters'));
  return folder;
}

/** @param {string} text */
function say(text) {
  console.log(`\n${text}`);
}

/**
 * @param {string} text
 * @returns {never}
 */
function stop(text) {
  console.error(`\n${text}`);
  process.exit(1);
}

/** @param {string} word */
function quote(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
