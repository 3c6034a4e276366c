/**
 * Gets the programs that tests use for real. On Debian as root what is missing is installed by apt; the current
 * restic, and servers that Debian's stable release lacks or has old, are fetched beside the system, into .cache/tools,
 * without touching the system's packages. What cannot be had is said; the tests that need it are then skipped by name.
 * Runs on Node 20.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, hasProgram } from './checkout.mjs';

/** Program -> Debian packages, and what they are for. */
const TOOLS = [
  { program: 'restic', package: 'restic', use: 'comparing with the real restic' },
  { program: 'setfattr', package: 'attr', use: 'extended attributes made by another program' },
  { program: 'strace', package: 'strace', use: 'system calls that fail on purpose' },
  { program: 'mkfs.ext4', package: 'e2fsprogs', use: 'small disks that fill up' },
  { program: 'chromium', package: 'chromium', use: 'the window and the whole application, end to end' },
  { program: 'dbus-run-session', package: 'dbus', use: 'a session with a keychain' },
  {
    program: 'gnome-keyring-daemon',
    package: 'gnome-keyring libsecret-1-0',
    use: 'secrets in a real keychain',
  },
  { program: 'chromium', package: 'chromium', use: 'pages in a real browser' },
  { program: 'unzip', package: 'unzip', use: 'zip files read by another program' },
  { program: 'setfacl', package: 'acl', use: 'access control lists made by another program' },
  { program: 'radosgw', package: 'ceph-mon ceph-osd radosgw ceph-common', use: 'places in S3 buckets' },
  { program: 'curl', package: 'curl', use: 'servers that are waited for' },
  { program: 'sshd', package: 'openssh-server', use: 'places on a server with SFTP' },
];

const APT_LIMIT_MS = 180_000;
const TOOLS_FOLDER = path.join(ROOT, '.cache', 'tools');

/** Programs that are fetched beside the system, each a Debian package in a folder of its own. `check`: shows that it runs. */
const BESIDE = {
  restic: { package: 'restic', folder: 'restic-current', program: 'restic', check: 'version' },
  rclone: { package: 'rclone', folder: 'rclone-current', program: 'rclone', check: 'version' },
  restServer: {
    package: 'restic-rest-server',
    folder: 'rest-server-current',
    program: 'restic-rest-server',
    check: '--version',
  },
};

/** @typedef {(typeof BESIDE)[keyof typeof BESIDE]} Beside */

/**
 * Installs what it can and says what is missing.
 * @returns {Record<string, string>} what to add to the environment of the tests
 */
export function prepareTestTools() {
  let missing = TOOLS.filter((tool) => !hasProgram(tool.program));
  if (missing.length > 0 && canInstall()) {
    const packages = missing.flatMap((tool) => tool.package.split(' '));
    console.log(`Installing by apt: ${packages.join(' ')}`);
    apt(['update', '-q'], 'inherit');
    withoutStartingServices(() => {
      apt(['install', '-y', '-q', '--no-install-recommends', ...packages], 'inherit');
    });
    missing = TOOLS.filter((tool) => !hasProgram(tool.program));
  }
  for (const tool of missing) {
    console.log(`MISSING ${tool.program}: no test of ${tool.use}. Debian's package is ${tool.package}.`);
  }
  return findPrograms();
}

/**
 * The system's restic and what is beside the system, as far as it is there; what the environment names already stays.
 * @returns {Record<string, string>}
 */
function findPrograms() {
  const { TIDEMARK_TEST_RESTIC, TIDEMARK_TEST_RCLONE, TIDEMARK_TEST_REST_SERVER } = process.env;
  const { restic, rclone, restServer } = BESIDE;
  const problem = fetchBeside([
    ...(TIDEMARK_TEST_RESTIC ? [] : [restic]),
    ...(TIDEMARK_TEST_RCLONE ? [] : [rclone]),
    ...(TIDEMARK_TEST_REST_SERVER ? [] : [restServer]),
  ]);
  /** @type {Record<string, string>} */
  const found = {};
  if (!TIDEMARK_TEST_RESTIC) {
    const programs = hasProgram('restic') ? ['restic'] : [];
    if (runs(restic)) programs.push(pathOf(restic));
    else console.log(`MISSING the current restic: ${problem} Tests compare with the system's restic only.`);
    found.TIDEMARK_TEST_RESTIC = programs.join(path.delimiter);
  }
  if (!TIDEMARK_TEST_RCLONE) {
    if (runs(rclone)) found.TIDEMARK_TEST_RCLONE = pathOf(rclone);
    else console.log(`MISSING the current rclone: ${problem} No test of places behind rclone.`);
  }
  if (!TIDEMARK_TEST_REST_SERVER) {
    if (runs(restServer)) found.TIDEMARK_TEST_REST_SERVER = pathOf(restServer);
    else console.log(`MISSING restic-rest-server: ${problem} No test of places on a REST server.`);
  }
  return found;
}

/**
 * Fetches those that are not there yet, all in one go.
 * @param {readonly Beside[]} wanted
 * @returns {string | undefined} why one of them cannot be had, or undefined when all are there
 */
function fetchBeside(wanted) {
  const missing = wanted.filter((each) => !runs(each));
  if (missing.length === 0) return undefined;
  if (!hasProgram('apt-get') || !hasProgram('dpkg')) return 'it is fetched by apt, and this is no Debian.';
  const work = path.join(TOOLS_FOLDER, 'apt');
  for (const folder of ['lists/partial', 'cache/archives/partial']) {
    mkdirSync(path.join(work, folder), { recursive: true });
  }
  const site = debianSite();
  if (site === undefined) return 'apt names no Debian mirror.';
  const packages = missing.map((each) => each.package);
  console.log(`Fetching from Debian sid, beside the system: ${packages.join(' ')} ...`);
  writeFileSync(path.join(work, 'sources.list'), `deb ${site} sid main\n`);
  const beside = [
    `Dir::Etc::sourcelist=${path.join(work, 'sources.list')}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${path.join(work, 'lists')}`,
    `Dir::Cache=${path.join(work, 'cache')}`,
    // Mirrors of sid are often older than their own date of expiry; signatures are checked all the same.
    'Acquire::Check-Valid-Until=false',
    'Acquire::Languages=none',
    'APT::Sandbox::User=root',
  ].flatMap((setting) => ['-o', setting]);
  if (!apt([...beside, 'update', '-q'], 'ignore')) return 'the package lists of sid cannot be fetched.';
  // What sid does not have fails the whole download, but not what came before it.
  const isComplete = apt([...beside, 'download', ...packages], 'ignore', work);
  for (const each of missing) {
    const file = readdirSync(work).find((name) => name.startsWith(`${each.package}_`));
    if (file === undefined) continue;
    const target = path.join(TOOLS_FOLDER, each.folder);
    spawnSync('dpkg', ['-x', path.join(work, file), target], { stdio: 'ignore' });
  }
  rmSync(work, { recursive: true, force: true });
  if (missing.every(runs)) return undefined;
  return isComplete ? 'the package of sid does not run on this system.' : 'sid does not give the package.';
}

/** @param {Beside} each */
function pathOf({ folder, program }) {
  return path.join(TOOLS_FOLDER, folder, 'usr', 'bin', program);
}

function canInstall() {
  if (!existsSync('/etc/debian_version')) console.log('No Debian: missing programs are not installed here.');
  else if (process.getuid?.() !== 0) console.log('Not root: missing programs are not installed here.');
  else return true;
  return false;
}

/** Debian asks this program before a package starts its service; 101 means that it must not. Source: invoke-rc.d(8). */
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';

/**
 * Tests start servers of their own; nobody's machine gets one that runs because of them.
 * @param {() => void} install
 */
function withoutStartingServices(install) {
  const isOurs = !existsSync(SERVICE_POLICY);
  if (isOurs) writeFileSync(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    if (isOurs) rmSync(SERVICE_POLICY, { force: true });
  }
}

/** The first mirror in apt's own configuration that is not the one for security updates. */
function debianSite() {
  const { stdout } = spawnSync('apt-get', ['indextargets', '--format', '$(SITE)', 'Created-By: Packages'], {
    encoding: 'utf8',
  });
  return stdout?.split('\n').find((line) => line !== '' && !line.includes('security'));
}

/**
 * @param {readonly string[]} args
 * @param {'inherit' | 'ignore'} output
 * @param {string} [cwd]
 */
function apt(args, output, cwd = ROOT) {
  const result = spawnSync('apt-get', args, {
    cwd,
    stdio: ['ignore', output, output],
    timeout: APT_LIMIT_MS,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return result.status === 0;
}

/** @param {Beside} each */
function runs(each) {
  const program = pathOf(each);
  return existsSync(program) && spawnSync(program, [each.check], { stdio: 'ignore' }).status === 0;
}
