/**
 * Target files that tell of each step that changes the disk, just before it is taken: whoever is told may stop everything
 * there, by throwing or by killing the process. Steps are counted over all roots and files made from one factory.
 */
import type { OpenTarget, TargetFiles, TargetRoot } from '#files/port.ts';

const CHANGING: ReadonlySet<string | symbol> = new Set([
  'makeDir',
  'createFile',
  'makeSymlink',
  'makeHardLink',
  'makeFifo',
  'makeDevice',
  'remove',
  'rename',
  'renameNew',
  'applyMetadata',
  'flushAround',
  'write',
  'truncate',
  'flush',
]);

export function steppingFiles(files: TargetFiles, onStep: (what: string) => void): TargetFiles {
  return {
    openRoot: (path, missing) => {
      if (missing !== 'fail') onStep('openRoot');
      return stepping(files.openRoot(path, missing), onStep);
    },
  };
}

function stepping<T extends TargetRoot | OpenTarget>(inner: T, onStep: (what: string) => void): T {
  return new Proxy(inner, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        if (CHANGING.has(name)) onStep(String(name));
        const result: unknown = member.apply(target, args);
        return name === 'createFile' || name === 'openFile' ? stepping(result as OpenTarget, onStep) : result;
      };
    },
  });
}
