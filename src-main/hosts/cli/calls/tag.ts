/** The call that changes the tags of snapshots. */
import type { CallContext, RepositoryAccess, SnapshotFilter } from './access.ts';

export interface TagInput {
  /** Ids, beginnings of them, or `latest`; none: all that the filter lets through. */
  readonly ids: readonly string[];
  readonly filter: SnapshotFilter;
  readonly change:
    | { readonly kind: 'set'; readonly tags: readonly string[] }
    | { readonly kind: 'change'; readonly add: readonly string[]; readonly remove: readonly string[] };
}

export interface TagHandlers {
  /** A snapshot has got a new id. */
  onChanged(oldId: string, newId: string): void;
  /** A snapshot that cannot be read, for people. */
  onDamaged(message: string): void;
}

export interface TagResult {
  readonly changed: number;
  readonly damaged: number;
}

export interface TagCalls {
  tag(
    access: RepositoryAccess,
    input: TagInput,
    handlers: TagHandlers,
    context: CallContext,
  ): Promise<TagResult>;
}
