/** The calls that make a repository and free it of locks. */
import type { RepositoryAccess, CallContext } from './access.ts';

export interface UnlockResult {
  readonly removed: number;
  /** The place lets nothing go. */
  readonly held: number;
  /** Until when; null: no such day. */
  readonly keptUntilMs: number | null;
}

export interface UpkeepCalls {
  init(
    input: {
      place: RepositoryAccess;
      version: 1 | 2;
      /** A repository whose way of cutting files is taken over. */
      chunkerFrom?: RepositoryAccess;
    },
    context: CallContext,
  ): Promise<{ readonly id: string; readonly location: string }>;
  unlock(access: RepositoryAccess, input: { all: boolean }, context: CallContext): Promise<UnlockResult>;
}
