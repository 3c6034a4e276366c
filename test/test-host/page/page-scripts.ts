/** Puts the page's functions together as source text, one script for each world of a page. */
import { createCodec } from '../codec.ts';
import { createSandbox } from './isolated-world.ts';
import { runMainWorld } from './main-world.ts';
import { createWorldLink } from './world-link.ts';

/** Names that no page can guess; every window has its own. */
export interface PageNames {
  readonly world: string;
  readonly binding: string;
  readonly delivery: string;
  readonly toMain: string;
  readonly toIsolated: string;
}

export function pageNames(token: string): PageNames {
  return {
    world: `${token}World`,
    binding: `${token}Tell`,
    delivery: `${token}Deliver`,
    toMain: `${token}Main`,
    toIsolated: `${token}Isolated`,
  };
}

const SHARED = [createCodec, createWorldLink].map(String).join('\n');
/** Frames and the empty first page get nothing. */
const TOP_PAGES_ONLY = `if (window !== window.top || location.href === 'about:blank') return;`;

export function mainWorldScript({ toMain, toIsolated }: PageNames): string {
  return `(() => { ${TOP_PAGES_ONLY}
${SHARED}
${String(runMainWorld)}
runMainWorld(createWorldLink(globalThis, createCodec, '${toIsolated}', '${toMain}'), window);
})();`;
}

/** `preload` is the preload's bundle, run as Electron runs it: as the body of a function, before any page script. */
export function isolatedWorldScript(names: PageNames, preload: string): string {
  const { platform, arch, versions } = process;
  const sandboxProcess = { platform, arch, versions: { ...versions }, env: {}, argv: [], type: 'renderer' };
  return `(() => { ${TOP_PAGES_ONLY}
${SHARED}
${String(createSandbox)}
const binding = globalThis['${names.binding}'];
delete globalThis['${names.binding}'];
const require = createSandbox({
  link: createWorldLink(globalThis, createCodec, '${names.toMain}', '${names.toIsolated}'),
  codec: createCodec(),
  tellHost: (text) => binding(text),
  setDelivery: (deliver) => { globalThis['${names.delivery}'] = deliver; },
});
const exports = {}, module = { exports };
(function (require, process, exports, module) {
${preload}
})(require, ${JSON.stringify(sandboxProcess)}, exports, module);
})();
//# sourceURL=preload.cjs`;
}
