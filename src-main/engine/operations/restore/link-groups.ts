/**
 * Names that are one file. The first one that is restored gets the content, the others wait for it and become links.
 * Trap of the format (10.5): nodes of two unrelated files may carry the same inode and device, so names are one file only
 * when their content is the same too. A group is forgotten when as many names were seen as the file has links.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { Primitives } from '#format/primitives.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { RestoreFolder } from './restore-folder.ts';

export interface WaitingName {
  readonly folder: RestoreFolder;
  readonly node: TreeNode;
  /** The node's, or another one beside what is there. */
  readonly name: ByteString;
  readonly isReplacing: boolean;
}

export interface LinkGroup {
  readonly contentKey: string;
  /** The name that has, or gets, the content. */
  first: { readonly folder: RestoreFolder; readonly name: ByteString };
  /** `pending`: not there yet. `lost`: it could not be restored, another name may try. */
  state: 'pending' | 'there' | 'lost';
  readonly waiting: WaitingName[];
  seen: number;
}

export class LinkGroups {
  readonly #primitives: Primitives;
  readonly #groups = new Map<string, LinkGroup>();

  constructor(primitives: Primitives) {
    this.#primitives = primitives;
  }

  /** The group a file with several links belongs to; a new, lost one for the first. Undefined: it stands alone. */
  groupOf(node: TreeNode, folder: RestoreFolder): LinkGroup | undefined {
    if (node.type !== 'file' || node.links <= 1 || node.content === null) return undefined;
    const key = `${node.deviceId}:${node.inode}`;
    const contentKey = this.#contentKey(node.content);
    const known = this.#groups.get(key);
    if (known !== undefined && known.contentKey !== contentKey) return undefined;
    const group: LinkGroup = known ?? {
      contentKey,
      first: { folder, name: node.name },
      state: 'lost',
      waiting: [],
      seen: 0,
    };
    group.seen++;
    if (group.seen >= node.links) this.#groups.delete(key);
    else if (known === undefined) this.#groups.set(key, group);
    return group;
  }

  #contentKey(content: readonly string[]): string {
    if (content.length <= 1) return content[0] ?? '';
    return Buffer.from(this.#primitives.sha256(Buffer.from(content.join(''), 'latin1'))).toString('latin1');
  }
}
