/** Where the program's own entries lie: beside the bundle when built, in their folders when run from source. */

export function pipelineWorkerUrl(): URL {
  return entryUrl('pipeline-worker');
}

export function engineProcessUrl(): URL {
  return entryUrl('engine-process');
}

export function watchWorkerUrl(): URL {
  return entryUrl('watch-worker');
}

/** Loaded by the command line when it is asked to serve. */
export function browserModeUrl(): URL {
  return entryUrl('browser');
}

function entryUrl(name: string): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? `../hosts/${name}/main.ts` : `./${name}.mjs`, import.meta.url);
}
