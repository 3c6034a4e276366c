/** Which packs a partial reading takes. The same rules as restic's: by id, or as many as the share says, at random. */
import type { ReadDataSubset } from '#rules/read-data-subset.ts';

export interface ChoosablePack {
  readonly packId: string;
  readonly sizeBytes: number;
}

/** `randomBytes` decides; at least one pack is taken when there are any. Keeps the order. */
export function choosePacks<Pack extends ChoosablePack>(
  packs: readonly Pack[],
  subset: ReadDataSubset,
  randomBytes: (length: number) => Uint8Array,
): Pack[] {
  switch (subset.kind) {
    case 'part':
      return packs.filter(
        ({ packId }) => Number.parseInt(packId.slice(0, 2), 16) % subset.total === subset.part - 1,
      );
    case 'percent':
      return chooseAtRandom(packs, subset.percent / 100, randomBytes);
    case 'size': {
      const totalBytes = packs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      return chooseAtRandom(packs, Math.min(1, Number(subset.sizeBytes) / totalBytes), randomBytes);
    }
  }
}

function chooseAtRandom<Pack>(
  packs: readonly Pack[],
  share: number,
  randomBytes: (length: number) => Uint8Array,
): Pack[] {
  const count = Math.min(packs.length, Math.max(1, Math.floor(packs.length * share)));
  const tickets = packs.map((_pack, position) => ({
    position,
    ticket: Buffer.from(randomBytes(6)).readUIntBE(0, 6),
  }));
  const drawn = tickets.sort((a, b) => a.ticket - b.ticket).slice(0, count);
  return drawn
    .map(({ position }) => position)
    .sort((a, b) => a - b)
    .map((position) => packs[position]!);
}
