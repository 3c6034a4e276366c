/**
 * Deliberate faults in engine and shell, each of which at least one test must notice. A fault replaces one piece of source
 * text, which must occur exactly once, so that the list does not outlive what it breaks.
 */
import { invariant } from '#base/errors.ts';
import { SHELL_SABOTAGES } from './shell-sabotages.ts';

export interface Sabotage {
  readonly name: string;
  /** What goes wrong then, in plain words. */
  readonly what: string;
  /** From the top of the checkout. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Those that are to notice; folders or files. */
  readonly tests: readonly string[];
}

export const SABOTAGES: readonly Sabotage[] = [
  {
    name: 'snapshot-before-packs',
    what: 'a backup lists its snapshot before its packs and index are durable',
    file: 'src-main/engine/operations/backup/execute.ts',
    find: `    await finishWriting(pool, scope, request);
    return { ...(await saveSnapshot(repository, request, prepared, rootId, tally, lock)), hints: outcome };`,
    replace: `    const result = await saveSnapshot(repository, request, prepared, rootId, tally, lock);
    await finishWriting(pool, scope, request);
    return { ...result, hints: outcome };`,
    tests: ['test/faults/backup-storage.test.ts'],
  },
  {
    name: 'no-flush-of-files',
    what: 'a file of the repository gets its name before its bytes are flushed to the disk',
    file: 'src-main/storage/local/atomic-save.ts',
    find: 'await handle.datasync().catch(',
    replace: 'await Promise.resolve().catch(',
    tests: ['test/faults/storage-processes.test.ts'],
  },
  {
    name: 'no-flush-of-folders',
    what: 'a new name is not flushed to the disk',
    file: 'src-main/storage/local/atomic-save.ts',
    find: '    await handle.sync();\n',
    replace: '',
    tests: ['test/faults/storage-processes.test.ts'],
  },
  {
    name: 'locks-ignored',
    what: 'nobody minds the locks of others',
    file: 'src-main/engine/repository/lock-rules.ts',
    find: 'return wanted.exclusive || other.exclusive;',
    replace: 'return false;',
    tests: ['test/unit/engine/repository'],
  },
  {
    name: 'old-lists-believed',
    what: 'an exclusive lock stands although the place does not list it yet, and other things neither',
    file: 'src-main/engine/repository/find-locks.ts',
    find: 'const isBehind = exclusive && ownId !== undefined && !listsOwn;',
    replace: 'const isBehind = exclusive && listsOwn && false;',
    tests: ['test/unit/engine/repository/repository-lock.test.ts', 'test/faults/prune.test.ts'],
  },
  {
    name: 'lost-lock-ignored',
    what: 'whoever slept for hours goes on writing under a lock that others may have taken for stale',
    file: 'src-main/engine/repository/repository-lock.ts',
    find: 'return this.#ageMs() > LOCK_LOST_MS;',
    replace: 'return false;',
    tests: ['test/unit/engine/repository/repository-lock.test.ts'],
  },
  {
    name: 'sealed-blobs-not-proven',
    what: 'blobs are sent without being opened and hashed again: bad memory is stored',
    file: 'src-main/engine/primitives/blob-codec.ts',
    find: 'if (options.verify) verify(',
    replace: 'if (options.verify && id.length === 0) verify(',
    tests: ['test/unit/engine/primitives/blob-codec.test.ts'],
  },
  {
    name: 'blobs-not-hashed',
    what: 'a blob that opens is taken for the right one',
    file: 'src-main/engine/primitives/blob-codec.ts',
    find: "  if (difference !== 0) throw new Error('the content does not match its id');\n",
    replace: '',
    tests: ['test/unit/engine/primitives/blob-codec.test.ts'],
  },
  {
    name: 'authentication-ignored',
    what: 'flipped bits in a sealed blob are decrypted as if nothing were wrong',
    file: 'src-main/engine/primitives/blob-cipher.ts',
    find: 'if (!isSame(tag, sealed, NONCE_BYTES + length))',
    replace: 'if (length < 0)',
    tests: ['test/unit/engine/primitives/blob-codec.test.ts'],
  },
  {
    name: 'names-not-proven',
    what: 'a whole snapshot or index file under the name of another is taken for it',
    file: 'src-main/engine/repository/repository-files.ts',
    find: 'return bytesToId(this.#primitives.sha256(raw)) === id;',
    replace: 'return raw.length > 0 || id.length > 0;',
    tests: ['test/unit/engine/repository/repository-files.test.ts'],
  },
  {
    name: 'saves-believed',
    what: 'a place that says it stored something is believed',
    file: 'src-main/core/repository-ports.ts',
    find: 'new ConfirmStorage(',
    replace: '(',
    tests: ['test/faults/backup-storage.test.ts'],
  },
  {
    name: 'old-index-first',
    what: 'old index files go before the new ones are written',
    file: 'src-main/engine/repository/index-rewrite.ts',
    find: `  const written = await writeIndexFiles(files, packs, options);
  for (const id of obsolete) {`,
    replace: '  for (const id of obsolete) {',
    tests: ['test/unit/engine/repository/index-rewrite.test.ts', 'test/faults/prune.test.ts'],
  },
  {
    name: 'packs-before-index',
    what: 'prune removes packs while index files still name them',
    file: 'src-main/engine/operations/prune/execute.ts',
    find: '    await this.#removePacks([...unindexed]);\n',
    replace: `    const { inventory } = this.#prepared;
    const early = [...this.#useless].filter((pack) => plan.fates[pack] !== STRIKE);
    await this.#removePacks([
      ...unindexed,
      ...early.map((pack) => [repository.index.packIdOf(pack), inventory.expectedBytes(pack)] as const),
    ]);
`,
    tests: ['test/faults/prune.test.ts'],
  },
  {
    name: 'doubt-ignored',
    what: 'prune goes on although a snapshot cannot be read, and removes what it needs',
    file: 'src-main/engine/operations/prune/prepare.ts',
    find: '  if (damaged !== undefined) throw damaged;\n',
    replace: '',
    tests: ['test/unit/engine/operations/prune'],
  },
  {
    name: 'damaged-without-copy',
    what: 'a damaged snapshot file is taken away and nothing of it is kept',
    file: 'src-main/engine/operations/forget/forget-damaged.ts',
    find: '      await keepCopy(`snapshot-${id}`, bytes);\n',
    replace: '',
    tests: ['test/unit/engine/operations/forget/forget-damaged.test.ts'],
  },
  {
    name: 'hints-outlive-rules',
    what: 'a backup that is told what changed trusts a parent made under other rules of what is left out',
    file: 'src-main/engine/operations/backup/judge-hints.ts',
    find: "  return isSameList(snapshot.excludes, exclusionsOf(request)) ? undefined : 'otherExcludes';",
    replace: '  return undefined;',
    tests: ['test/unit/engine/operations/backup/hinted.test.ts'],
  },
  {
    name: 'one-listing-believed',
    what: 'a pack that one listing lacks counts as gone',
    file: 'src-main/engine/operations/list-packs-surely.ts',
    find: 'const second = await listPacks(storage, signal);',
    replace: 'const second = first;\n  if (first.size >= 0) return first;',
    tests: ['test/unit/engine/operations/repair-index', 'test/faults/prune.test.ts'],
  },
  {
    name: 'old-index-believed',
    what: 'an index that was kept is taken for true although index files it is made of are gone',
    file: 'src-main/engine/repository/repository.ts',
    find: 'if (!indexIds.every((id) => present.has(id))) return undefined;',
    replace: '',
    tests: ['test/unit/engine/repository'],
  },
  {
    name: 'images-mixed',
    what: 'portions of two kept indexes are taken for one',
    file: 'src-main/engine/repository/index-image.ts',
    find: "throw new Error('portions of several images');",
    replace: 'name = plain.subarray(0, NAME_BYTES);',
    tests: ['test/unit/engine/repository/index-image.test.ts'],
  },
  {
    name: 'weeks-from-sunday',
    what: 'retention counts weeks from Sunday on',
    file: 'src-main/engine/rules/calendar.ts',
    find: 'const EPOCH_WEEKDAY = 3;',
    replace: 'const EPOCH_WEEKDAY = 4;',
    tests: ['test/properties/retention.test.ts', 'test/unit/engine/rules'],
  },
  {
    name: 'brake-off',
    what: 'an unattended run may remove everything that the policy lets go',
    file: 'src-main/engine/rules/retention-brake.ts',
    find: 'share: 0.2,',
    replace: 'share: 1,',
    tests: ['test/unit/engine/operations/forget', 'test/unit/engine/rules'],
  },
  {
    name: 'tag-removes-first',
    what: 'the old snapshot file goes before the one with the new tags is saved',
    file: 'src-main/engine/operations/tag.ts',
    find: `      const newId = await replacer.save(next);
      await replacer.remove(oldId);
`,
    replace: `      await replacer.remove(oldId);
      const newId = await replacer.save(next);
`,
    tests: ['test/faults/changed-versions.test.ts'],
  },
  {
    name: 'journal-after-rename',
    what: 'a restore moves files away before its journal says where to',
    file: 'src-main/engine/pipeline/safe-keeping.ts',
    find: `    this.flush();
    return moves.map((move, index) => this.#move(move, kept[index]));`,
    replace: `    const failures = moves.map((move, index) => this.#move(move, kept[index]));
    this.flush();
    return failures;`,
    tests: ['test/faults/restore-undo.test.ts'],
  },
  {
    name: 'links-followed',
    what: 'a restore follows links in its target and writes outside of it',
    file: 'src-main/files/linux/directory-chain.ts',
    find: 'const FOLDER = O_PATH | fsConstants.O_DIRECTORY | fsConstants.O_NOFOLLOW;',
    replace: 'const FOLDER = O_PATH | fsConstants.O_DIRECTORY;',
    tests: ['test/unit/engine/operations/restore', 'test/unit/files/linux'],
  },
  {
    name: 'changed-large-files-mixed',
    what: 'a large file that changes under the reader is stored half old and half new',
    file: 'src-main/engine/pipeline/jobs/file-reader.ts',
    find: `    a.sizeBytes === b.sizeBytes &&
    a.mtimeSec === b.mtimeSec &&
    a.mtimeNsec === b.mtimeNsec &&
    a.ctimeSec === b.ctimeSec &&
    a.ctimeNsec === b.ctimeNsec
`,
    replace: '    a.sizeBytes === b.sizeBytes\n',
    tests: ['test/unit/engine/operations/backup/large-files.test.ts'],
  },
  {
    name: 'keychain-believed',
    what: 'a keychain that says it remembered a secret is believed without reading it back',
    file: 'src-main/services/secrets/keytar/keytar-secret-store.ts',
    find: "const isSame = kept.kind === 'found' && kept.secret.equals(secret);",
    replace: 'const isSame = true;',
    tests: ['test/unit/services/secrets'],
  },
  {
    name: 'old-paper-confirms',
    what: 'the old recovery code, typed once more, withdraws the new one',
    file: 'src-main/services/keys/prove-recovery-code.ts',
    find: 'if (newest?.isCurrent !== true)',
    replace: 'if (newest === undefined)',
    tests: ['test/unit/services/keys'],
  },
  {
    name: 'each-others-keys',
    what: "two who remove each other's keys at the same time leave none",
    file: 'src-main/engine/operations/keys.ts',
    find: "    await findObjectId(repository, 'key', repository.keyId, stop);\n",
    replace: '',
    tests: ['test/unit/services/keys'],
  },
  ...SHELL_SABOTAGES,
];

/** @throws internal.invariantBroken when the text to replace is not there exactly once */
export function breakText(text: string, { name, find, replace }: Sabotage): string {
  const [before, after, ...more] = text.split(find);
  invariant(
    before !== undefined && after !== undefined && more.length === 0,
    `${name} no longer fits the source`,
  );
  return before + replace + after;
}
