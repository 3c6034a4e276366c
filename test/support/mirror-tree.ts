/**
 * Copies a tree from a SourceFiles to a TargetRoot in the order a restore works: folders, contents with holes, links, then
 * metadata from the leaves up. Returns what could not be applied, as lines.
 */
import type { ByteString } from '#base/byte-string.ts';
import { toDisplay } from '#base/byte-string.ts';
import type { FileMetadata, FileStat, SourceFiles, TargetPath, TargetRoot } from '#files/port.ts';

const BLOCK = 4096;
const buffer = Buffer.alloc(1024 * 1024);
const zeros = Buffer.alloc(BLOCK);

export function mirrorTree(source: SourceFiles, from: ByteString, root: TargetRoot): string[] {
  const problems: string[] = [];
  const linked = new Map<string, TargetPath>();
  const visit = (path: ByteString, to: TargetPath): void => {
    const stat = source.stat(path);
    if (stat.kind === 'socket') return;
    if (stat.kind === 'dir') {
      if (to.length > 0) root.makeDir(to);
      for (const name of source.list(path)) visit(`${path}/${name}` as ByteString, [...to, name]);
    } else if (stat.kind === 'file') {
      const key = `${stat.device}:${stat.inode}`;
      const earlier = stat.links > 1 ? linked.get(key) : undefined;
      if (earlier !== undefined) {
        root.makeHardLink(earlier, to);
        return;
      }
      linked.set(key, to);
      copyContent(source, path, root, to);
    } else if (stat.kind === 'symlink') root.makeSymlink(to, source.readLink(path));
    else if (stat.kind === 'fifo') root.makeFifo(to);
    else if (stat.kind === 'blockDevice' || stat.kind === 'charDevice')
      root.makeDevice(to, stat.kind, stat.rdev);
    const metadata = metadataOf(stat, source.extendedAttributes(path));
    for (const { what, detail, reason } of root.applyMetadata(to, metadata))
      problems.push(`${to.map(toDisplay).join('/')}: ${what} ${detail} ${reason}`);
  };
  visit(from, []);
  return problems;
}

export function metadataOf(
  stat: FileStat,
  extendedAttributes: FileMetadata['extendedAttributes'] = [],
): FileMetadata {
  const { kind, permissions, uid, gid, mtimeSec, mtimeNsec, atimeSec, atimeNsec } = stat;
  return { kind, permissions, uid, gid, mtimeSec, mtimeNsec, atimeSec, atimeNsec, extendedAttributes };
}

function copyContent(source: SourceFiles, path: ByteString, root: TargetRoot, to: TargetPath): void {
  const input = source.open(path);
  const output = root.createFile(to);
  let offset = 0;
  for (let count = input.read(buffer); count > 0; count = input.read(buffer)) {
    for (let at = 0; at < count; at += BLOCK) {
      const block = buffer.subarray(at, Math.min(at + BLOCK, count));
      if (!block.equals(zeros)) output.write(block, offset + at);
    }
    offset += count;
  }
  output.truncate(offset);
  output.close();
  input.close();
}
