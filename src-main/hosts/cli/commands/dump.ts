/** `tidemark dump`: a file, or a folder as an archive, to standard output or a file. */
import { open } from 'node:fs/promises';
import type { Command } from 'commander';
import type { ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import type { RunCommand } from '../command-session.ts';
import type { ByteSink } from '../calls/access.ts';
import {
  asChoice,
  asText,
  defineFilterOptions,
  example,
  readFilter,
  type FilterFlags,
} from '../option-values.ts';

interface DumpFlags extends FilterFlags {
  readonly archive: string;
  readonly target?: string;
}

export function defineDump(command: Command, run: RunCommand): void {
  defineFilterOptions(command)
    .argument('<snapshot>', 'an id, its beginning, or latest')
    .argument('<path>', 'the file or folder, absolute in the snapshot')
    .option('-a, --archive <format>', 'for a folder: tar or zip', 'tar')
    .option('-t, --target <file>', 'write into this new file instead of standard output')
    .addHelpText('after', example('tidemark -r /mnt/backup dump latest /home/ann/letter.txt > letter.txt'))
    .action((snapshot: string, path: string, flags: DumpFlags) =>
      run(async ({ output, context, access, engine }) => {
        const archive = asChoice('--archive', flags.archive, ['tar', 'zip']);
        const absolute = (path.startsWith('/') ? path : `/${path}`) as ByteString;
        const input = { snapshot: asText(snapshot), filter: readFilter(flags), path: absolute, archive };
        const calls = await engine();
        const opened = await access();
        if (flags.target !== undefined) {
          const { target } = flags;
          await intoNewFile(target, (sink) => calls.dump(opened, input, sink, context));
          return;
        }
        const sink: ByteSink = async (bytes) => {
          if (output.isBroken) throw new TidemarkError('job.cancelled', {});
          await output.bytes(bytes);
        };
        await calls.dump(opened, input, sink, context);
      }),
    );
}

/** Never replaces a file. */
async function intoNewFile(path: string, write: (sink: ByteSink) => Promise<void>): Promise<void> {
  const file = await open(Buffer.from(path, 'latin1'), 'wx').catch((error: unknown) => {
    throw new TidemarkError(
      'files.targetNotWritable',
      {
        path: asText(path),
        reason:
          (error as NodeJS.ErrnoException).code === 'EEXIST' ? 'it exists already' : 'it cannot be made',
      },
      { cause: error },
    );
  });
  try {
    await write(async (bytes) => {
      await file.writeFile(bytes);
    });
  } finally {
    await file.close();
  }
}
