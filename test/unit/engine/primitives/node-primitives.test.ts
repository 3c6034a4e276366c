import { describe, it } from 'vitest';
import { createKernels } from '#primitives/kernels.ts';
import { createPrimitives } from '#primitives/node-primitives.ts';
import { ZSTD_LEVEL_AUTO, createZstd } from '#primitives/zstd.ts';
import { describePrimitives } from '#test/suites/primitives-suite.ts';
import { nodePrimitives } from '#test/support/node-primitives.ts';
import { zstdSources } from '#test/support/zstd-sources.ts';

describePrimitives('plain, the reference', () => nodePrimitives);
describePrimitives('as chosen here', () => createPrimitives());

for (const { source, missing } of zstdSources()) {
  if (missing === undefined) {
    describePrimitives(`with zstd of ${source}`, () =>
      createPrimitives(createKernels(), createZstd(ZSTD_LEVEL_AUTO, source)),
    );
  } else {
    describe('primitives', () => it.skip(`with zstd of ${source}: ${missing}`, () => {}));
  }
}
