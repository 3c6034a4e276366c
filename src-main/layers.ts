/**
 * Who may import whom, in one table. `oxlint.config.ts` makes its import rules from it and the architecture test
 * holds every file against it, so a row changed here is a rule changed everywhere. Arrows only point down: a layer
 * never names one that may import it. Type-only imports obey the same table.
 */

export interface Layer {
  /** Folder below src-main; the row with the longest matching folder counts. */
  readonly folder: string;
  /** First part of its addresses in the import map of package.json; none: nobody imports it by address. */
  readonly alias?: string;
  /** Folders of other layers, or one file of a layer without `.ts` (a port). `everything`: a place where parts are put together. */
  readonly mayImport: readonly string[] | 'everything';
  /** Modules of Node it may use, without `node:`. `any` still leaves out those of `GUARDED_MODULES`. */
  readonly node: readonly string[] | 'any';
  /** Packages from npm, and guarded modules of Node. */
  readonly packages?: readonly string[];
  /** True where time and randomness come in as values or ports only, so that tests decide them. */
  readonly noClock?: boolean;
}

/** Modules of Node that even `node: 'any'` does not give: they start programs. A layer lists them in `packages`. */
export const GUARDED_MODULES: readonly string[] = ['node:child_process'];

export const LAYERS: readonly Layer[] = [
  { folder: 'base', alias: '#base', mayImport: [], node: [], noClock: true },
  {
    folder: 'contract',
    alias: '#contract',
    mayImport: ['base'],
    node: [],
    packages: ['zod'],
    noClock: true,
  },
  { folder: 'engine/format', alias: '#format', mayImport: ['base'], node: [], noClock: true },
  // Rules decide on values that format defines.
  { folder: 'engine/rules', alias: '#rules', mayImport: ['base', 'engine/format'], node: [], noClock: true },
  {
    folder: 'engine/primitives',
    alias: '#primitives',
    mayImport: ['base', 'engine/format'],
    node: 'any',
    // koffi: the system's own libzstd where there is one.
    packages: ['koffi'],
  },
  {
    folder: 'engine/pipeline',
    alias: '#pipeline',
    mayImport: ['base', 'engine/format', 'engine/rules', 'files/port'],
    node: ['worker_threads', 'events'],
    noClock: true,
  },
  {
    folder: 'engine/repository',
    alias: '#repository',
    mayImport: ['base', 'engine/format', 'engine/rules', 'engine/pipeline', 'storage/port'],
    node: [],
    noClock: true,
  },
  {
    folder: 'engine/operations',
    alias: '#operations',
    mayImport: [
      'base',
      'engine/format',
      'engine/rules',
      'engine/pipeline',
      'engine/repository',
      'files/port',
      // Making a repository starts from a bare place.
      'storage/port',
    ],
    // stream: a folder is given out as an archive. worker_threads: for the type of the threads that a host hands over.
    node: ['stream', 'events', 'worker_threads'],
    packages: ['archiver'],
    noClock: true,
  },
  {
    folder: 'engine/catalogue',
    alias: '#catalogue',
    mayImport: [
      'base',
      'engine/format',
      'engine/rules',
      'engine/repository',
      'engine/operations',
      'database',
    ],
    // Long answers let others have their turn.
    node: ['timers/promises'],
    noClock: true,
  },
  // A database in memory that is saved whole: of the state, and of the catalogue.
  {
    folder: 'database',
    alias: '#database',
    mayImport: ['base', 'storage'],
    node: 'any',
    packages: ['sql.js'],
  },
  {
    folder: 'storage',
    alias: '#storage',
    mayImport: ['base', 'storage/sftp', 'storage/rclone'],
    node: 'any',
    packages: ['@aws-sdk/client-s3', '@aws-sdk/credential-provider-ini', '@smithy/node-http-handler'],
  },
  // child_process: the system's own ssh, asked for its settings.
  {
    folder: 'storage/sftp',
    alias: '#storage/sftp',
    // Not the whole layer: its registry names this one.
    mayImport: [
      'base',
      'storage/port',
      'storage/object-path',
      'storage/range-invalid',
      'storage/slot-queue',
      'storage/locations/place-location',
      'storage/locations/place-settings',
      'storage/locations/describe-location',
    ],
    node: 'any',
    packages: ['node:child_process', 'ssh2'],
  },
  // child_process: rclone itself.
  {
    folder: 'storage/rclone',
    alias: '#storage/rclone',
    mayImport: [
      'base',
      'storage/open-options',
      'storage/http/http-client',
      'storage/locations/place-location',
      'storage/locations/place-settings',
      'storage/locations/describe-location',
      'storage/rest/open-rest-storage',
      'storage/rest/rest-storage',
    ],
    node: 'any',
    packages: ['node:child_process'],
  },
  {
    folder: 'files',
    alias: '#files',
    mayImport: ['base'],
    node: 'any',
    packages: ['koffi', 'node:child_process'],
  },
  {
    folder: 'services',
    alias: '#services',
    mayImport: [
      'base',
      'contract',
      'engine/rules',
      'engine/repository',
      'engine/operations',
      'storage',
      'files',
      'database',
      'services/scheduler',
      'services/health',
      'services/watcher',
    ],
    node: 'any',
    packages: ['zod'],
  },
  {
    folder: 'services/scheduler',
    alias: '#services/scheduler',
    mayImport: ['base', 'contract', 'engine/rules'],
    node: [],
    packages: ['croner'],
    noClock: true,
  },
  {
    folder: 'services/health',
    alias: '#services/health',
    mayImport: ['base', 'contract', 'engine/rules', 'services/scheduler'],
    node: [],
    noClock: true,
  },
  {
    folder: 'services/watcher',
    alias: '#services/watcher',
    mayImport: ['base', 'contract', 'engine/rules'],
    node: 'any',
    packages: ['chokidar'],
  },
  // Of the engine process alone: a native part may take its process along.
  {
    folder: 'services/secrets',
    alias: '#services/secrets',
    mayImport: ['base', 'contract'],
    node: [],
    noClock: true,
  },
  {
    folder: 'services/secrets/keytar',
    alias: '#services/secrets/keytar',
    mayImport: ['base', 'contract', 'services/secrets'],
    node: [],
    packages: ['keytar'],
    noClock: true,
  },
  {
    folder: 'services/keys',
    alias: '#services/keys',
    mayImport: [
      'base',
      'contract',
      'engine/repository',
      'engine/operations',
      'storage/port',
      'services/secrets',
    ],
    node: [],
    noClock: true,
  },
  // What the engine process does for the core; the machine's own parts are handed to it.
  {
    folder: 'engine-service',
    alias: '#engine-service',
    mayImport: [
      'base',
      'contract',
      'engine/format',
      'engine/rules',
      'engine/primitives',
      'engine/pipeline',
      'engine/repository',
      'engine/operations',
      'engine/catalogue',
      'storage',
      'files',
      'services/secrets',
      'services/keys',
    ],
    // fs: what else lies in a folder that somebody proposes as a place.
    node: ['fs/promises', 'path'],
    noClock: true,
  },
  {
    folder: 'core',
    alias: '#core',
    mayImport: 'everything',
    node: 'any',
    // child_process: the commands that a person puts around a backup, and the engine process.
    packages: ['node:child_process', 'pino', 'rotating-file-stream'],
  },
  {
    folder: 'core/machine',
    alias: '#core/machine',
    mayImport: ['base', 'core/host-ports'],
    node: 'any',
    // The system's own program that asks NetworkManager; the C library.
    packages: ['node:child_process', 'koffi'],
  },
  {
    folder: 'hosts/cli',
    mayImport: 'everything',
    node: 'any',
    // child_process: the program that a person names to tell the password.
    packages: ['commander', 'node:child_process'],
  },
  { folder: 'hosts/browser', mayImport: 'everything', node: 'any', packages: ['ws', 'zod'] },
  { folder: 'hosts/pipeline-worker', mayImport: 'everything', node: 'any' },
  {
    folder: 'hosts/self-check',
    mayImport: 'everything',
    node: 'any',
    // What is not bundled: it must be found in a package.
    packages: ['archiver', 'keytar', 'koffi', 'sql.js'],
  },
  { folder: 'hosts/electron', mayImport: 'everything', node: 'any', packages: ['electron'] },
  { folder: 'hosts/watch-worker', mayImport: 'everything', node: 'any' },
  { folder: 'hosts/engine-process', mayImport: 'everything', node: 'any' },
];

/** The one file of a layer without a clock that reads the real one: the Clock port's implementation. */
export const CLOCK_FILE = 'base/system-clock.ts';

/** Top of the addresses of all hosts. Only tests and package.json name a host; a host never names another. */
export const HOSTS_ALIAS = '#hosts';

/** The layer a file belongs to; `filePath` is relative to src-main, with slashes. */
export function layerOf(filePath: string): Layer | undefined {
  return LAYERS.filter((layer) => filePath.startsWith(`${layer.folder}/`)).sort(
    (a, b) => b.folder.length - a.folder.length,
  )[0];
}

/** Whether a file of layer `from` may import the file `target` (relative to src-main, with slashes). */
export function mayImportFile(from: Layer, target: string): boolean {
  const to = layerOf(target);
  if (to === undefined) return false;
  if (to === from) return true;
  if (to.folder.startsWith('hosts/')) return false;
  if (from.mayImport === 'everything') return true;
  return from.mayImport.some((allowed) => allowed === to.folder || `${allowed}.ts` === target);
}

/** Whether a file of layer `from` may import a module that is not ours, by its name in the import statement. */
export function mayImportModule(from: Layer, specifier: string): boolean {
  if (from.packages?.includes(specifier)) return true;
  if (!specifier.startsWith('node:')) return false;
  if (GUARDED_MODULES.includes(specifier)) return false;
  return from.node === 'any' || from.node.includes(specifier.slice('node:'.length));
}
