/** `tidemark version`. */
import type { Command } from 'commander';
import type { RunCommand } from '../command-session.ts';
import { example } from '../option-values.ts';
import { programVersion } from '#core/program-version.ts';

export function defineVersion(command: Command, run: RunCommand): void {
  command.addHelpText('after', example('tidemark version')).action(() =>
    run(async ({ options, output }) => {
      const { platform, arch, versions } = process;
      output.json({
        message_type: 'version',
        version: programVersion,
        node_version: versions.node,
        os: platform,
        arch,
      });
      if (!options.json)
        await output.result(`tidemark ${programVersion} with Node ${versions.node} on ${platform}/${arch}`);
    }),
  );
}
