/** The places zstd can come from, and why one cannot be tested here. */
import { type ZstdSource, createZstd } from '#primitives/zstd.ts';

export interface TestedZstdSource {
  readonly source: ZstdSource;
  /** Why it is not here; undefined when it is. */
  readonly missing: string | undefined;
}

export function zstdSources(): TestedZstdSource[] {
  const sources: ZstdSource[] = ['program', 'system', 'zlib'];
  return sources.map((source) => {
    try {
      createZstd(1, source);
      return { source, missing: undefined };
    } catch (cause) {
      return { source, missing: (cause as Error).message };
    }
  });
}
