/**
 * Lint rules. What each layer may import, and which layers have no clock, comes from src-main/layers.ts; nothing is
 * listed twice. `test/architecture` plants a violation of each important rule and expects the report, because a
 * pattern that oxlint cannot read is ignored without a word.
 */
import { defineConfig, type OxlintConfig } from 'oxlint';
import { CLOCK_FILE, GUARDED_MODULES, HOSTS_ALIAS, LAYERS, type Layer } from './src-main/layers.ts';

type Override = NonNullable<OxlintConfig['overrides']>[number];

/** Relative imports stay inside their layer: none of them goes up and then into a folder that is named like a layer. */
const LEAVES_ITS_LAYER = ['../', '../../', '../../../', '../../../../'].flatMap((up) =>
  ['src-main', ...new Set(LAYERS.flatMap((layer) => layer.folder.split('/')))].map(
    (name) => `${up}${name}/**`,
  ),
);

/** Groups read like .gitignore: everything is forbidden, except, and again forbidden. */
function importRule(layer: Layer): { group: string[]; message: string } {
  const ours =
    layer.mayImport === 'everything'
      ? ['!#*/**', `${HOSTS_ALIAS}/**`, '#test/**']
      : layer.mayImport.map((target) => `!${addressOf(target)}`);
  const node =
    layer.node === 'any'
      ? ['!node:*', '!node:*/**', ...GUARDED_MODULES]
      : layer.node.map((name) => `!node:${name}`);
  const own = layer.alias === undefined ? [] : [`!${layer.alias}/**`];
  // Its own address covers the layers inside its folder as well.
  const inside = LAYERS.filter(
    ({ folder }) => folder.startsWith(`${layer.folder}/`) && !layer.mayImport.includes(folder),
  ).flatMap(({ alias }) => (alias === undefined ? [] : [`${alias}/**`]));
  const packages = (layer.packages ?? []).map((name) => `!${name}`);
  return {
    group: ['*', '!./**', '!../**', ...LEAVES_ITS_LAYER, ...own, ...inside, ...ours, ...node, ...packages],
    message: `${layer.folder} may not import this, or not by this path: see src-main/layers.ts.`,
  };
}

function filesOf(layer: Layer): string {
  return `src-main/${layer.folder}/**/*.ts`;
}

function importOverride(layer: Layer): Override {
  return {
    files: [filesOf(layer)],
    rules: {
      'no-restricted-imports': ['error', { paths: [NO_SEARCH_BY_NAME], patterns: [importRule(layer)] }],
    },
  };
}

/** `storage/port` is one file, `storage` a folder. */
function addressOf(target: string): string {
  const layer = LAYERS.find((candidate) => candidate.folder === target);
  if (layer?.alias !== undefined) return `${layer.alias}/**`;
  const owner = LAYERS.find((candidate) => target.startsWith(`${candidate.folder}/`));
  if (owner?.alias === undefined) throw new Error(`src-main/layers.ts names ${target}, which is no layer`);
  return `${owner.alias}${target.slice(owner.folder.length)}.ts`;
}

/** On a locked keyring it ends the process with a signal (atom/node-keytar#477). By whatever name the object goes. */
const NO_SEARCH_OF_SECRETS = {
  property: 'findCredentials',
  message: 'It kills the process on a locked keyring: ask for one account at a time.',
};

const NO_SEARCH_BY_NAME = {
  name: 'keytar',
  importNames: [NO_SEARCH_OF_SECRETS.property],
  message: NO_SEARCH_OF_SECRETS.message,
};

/**
 * The window: which folder of it may import which. `app` puts pages together; a feature never knows another; controls
 * know nothing of ours, `parts` are what several features use. Of the rest only the contract and the errors come in,
 * nothing of Node.
 */
/** What controls and pages are made of. */
const RENDERER_LIBRARIES = [
  'react',
  'zustand',
  'lucide-react',
  '@mantine/*',
  '@tanstack/react-virtual',
  'chrono-node',
  'diff',
  'highlight.js/**',
  'jspdf',
  'pdfjs-dist',
  'pdfjs-dist/**',
  'qrcode',
  '@zip.js/zip.js',
  '@zxcvbn-ts/*',
];

const RENDERER_FOLDERS: Readonly<Record<string, readonly string[]>> = {
  'core-link': ['#base/**', '#contract/**', 'react', './**'],
  text: [
    '#base/**',
    '#contract/**',
    'react',
    'chrono-node',
    'chrono-node/**',
    './**',
    '../translated.ts',
    '../en/**',
  ],
  ui: [...RENDERER_LIBRARIES, './**'],
  parts: [
    '#base/**',
    '#contract/**',
    ...RENDERER_LIBRARIES,
    './**',
    '../core-link/**',
    '../text/**',
    '../ui/**',
  ],
  'features/*': featureImports('../../', []),
  /** A folder inside a feature also reaches the rest of that feature. */
  'features/*/*/**': featureImports('../../../', ['../*', '../*/**']),
  app: [
    '#base/**',
    '#contract/**',
    ...RENDERER_LIBRARIES,
    './**',
    '../core-link/**',
    '../text/**',
    '../ui/**',
    '../parts/**',
    '../features/**',
  ],
};

function featureImports(up: string, own: readonly string[]): readonly string[] {
  const shared = ['core-link', 'text', 'ui', 'parts'].map((folder) => `${up}${folder}/**`);
  return ['#base/**', '#contract/**', ...RENDERER_LIBRARIES, './**', ...own, ...shared];
}

function rendererOverride([folder, allowed]: [string, readonly string[]]): Override {
  const message = `src-renderer/${folder} may not import this: see RENDERER_FOLDERS in oxlint.config.ts.`;
  // A feature's own folders, opened by `../*`, never open the way up to another feature.
  const [own, others] = [
    allowed.filter((one) => one.startsWith('../*')),
    allowed.filter((one) => !one.startsWith('../*')),
  ];
  const group = [
    '*',
    '../**',
    ...own.map((pattern) => `!${pattern}`),
    ...(own.length > 0 ? ['../../**'] : []),
    ...others.map((pattern) => `!${pattern}`),
  ];
  return {
    files: [`src-renderer/${folder}${folder.endsWith('*') ? '' : '/**'}/*.{ts,tsx}`],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] },
  };
}

/** Tools of the clock and of chance, with the port that stands for them. */
const CLOCK_PROPERTIES = [
  { object: 'Date', property: 'now', message: 'Time comes in through the Clock port.' },
  { object: 'process', property: 'hrtime', message: 'Time comes in through the Clock port.' },
  { object: 'AbortSignal', property: 'timeout', message: 'Waiting goes through the Clock port.' },
  { object: 'Math', property: 'random', message: 'Randomness comes in through the Primitives port.' },
];
const CLOCK_GLOBALS = ['performance', 'setTimeout', 'setInterval', 'crypto'];

/** Where values of unknown type are read on purpose. */
const NO_UNSAFE_OFF = {
  'typescript/no-unsafe-assignment': 'off',
  'typescript/no-unsafe-argument': 'off',
  'typescript/no-unsafe-call': 'off',
  'typescript/no-unsafe-member-access': 'off',
  'typescript/no-unsafe-return': 'off',
} as const;

export default defineConfig({
  options: { typeAware: true, reportUnusedDisableDirectives: 'error' },
  plugins: ['eslint', 'typescript', 'import', 'unicorn', 'oxc', 'promise'],
  categories: { correctness: 'error', suspicious: 'off' },
  ignorePatterns: ['dist', 'release', 'coverage', 'assets', 'test/fixtures', 'src-main/wasm', '.cache'],
  rules: {
    eqeqeq: 'error',
    'no-var': 'error',
    'prefer-const': 'error',
    'no-empty': ['error', { allowEmptyCatch: false }],
    'no-restricted-properties': ['error', NO_SEARCH_OF_SECRETS],
    // Names are bytes; patterns over them name control characters on purpose.
    'no-control-regex': 'off',
    'unicorn/no-new-array': 'off',
    'import/no-cycle': 'error',
    'import/no-self-import': 'error',
    'import/no-default-export': 'error',
    'oxc/no-barrel-file': ['error', { threshold: 0 }],
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'typescript/return-await': ['error', 'error-handling-correctness-only'],
    // `signal.reason` and what was caught are `unknown`; passing them on is right.
    'typescript/only-throw-error': ['error', { allowThrowingAny: true, allowThrowingUnknown: true }],
    'typescript/prefer-promise-reject-errors': [
      'error',
      { allowThrowingAny: true, allowThrowingUnknown: true },
    ],
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    'typescript/no-unsafe-assignment': 'error',
    'typescript/no-unsafe-argument': 'error',
    'typescript/no-unsafe-call': 'error',
    'typescript/no-unsafe-member-access': 'error',
    'typescript/no-unsafe-return': 'error',
    // Tables of foreign functions (koffi, WebAssembly) look like methods to it.
    'typescript/unbound-method': 'off',
    'typescript/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
  },
  overrides: [
    ...LAYERS.map(importOverride),
    ...Object.entries(RENDERER_FOLDERS).map(rendererOverride),
    {
      files: LAYERS.filter((layer) => layer.noClock === true).map(filesOf),
      rules: {
        'no-restricted-properties': ['error', ...CLOCK_PROPERTIES, NO_SEARCH_OF_SECRETS],
        'no-restricted-globals': ['error', ...CLOCK_GLOBALS],
      },
    },
    {
      files: [`src-main/${CLOCK_FILE}`],
      rules: {
        'no-restricted-properties': ['error', NO_SEARCH_OF_SECRETS],
        'no-restricted-globals': 'off',
      },
    },
    {
      files: ['test/**/*.ts'],
      rules: {
        // Tests read JSON of known shape; the expectation is the check.
        ...NO_UNSAFE_OFF,
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              { regex: '(^|/)src-main/', message: 'Tests name the code by its address (#base/...).' },
            ],
          },
        ],
      },
    },
    {
      // The table of layers stands outside of all layers and has no address.
      files: ['test/architecture/**/*.ts'],
      rules: { 'no-restricted-imports': 'off' },
    },
    {
      // Tools ask for a default export.
      files: ['*.config.ts', 'scripts/unhandled-errors-reporter.mjs'],
      rules: { 'import/no-default-export': 'off' },
    },
    {
      // Plain JavaScript: what the type checker knows of foreign modules and JSON is `any`.
      files: ['**/*.{mjs,cjs}'],
      rules: {
        ...NO_UNSAFE_OFF,
        'typescript/restrict-template-expressions': 'off',
        'typescript/no-base-to-string': 'off',
      },
    },
  ],
});
