/** Where the program's own entries lie: beside the bundle when built, in their folders when run from source. */

export function pipelineWorkerUrl(): URL {
  return entryUrl('pipeline-worker');
}

export function engineProcessUrl(): URL {
  return entryUrl('engine-process');
}

function entryUrl(name: string): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? `../hosts/${name}/main.ts` : `./${name}.mjs`, import.meta.url);
}
