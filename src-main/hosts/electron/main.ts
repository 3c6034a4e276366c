/**
 * The entry of the desktop application's main process: the shell over the real core and the real clock. With `--cli`
 * the same program is the command line, because a package has no other Node (the fuse for that is off).
 */
import { systemClock } from '#base/system-clock.ts';
import { openOwnCore } from '#core/claim-profile.ts';
import { argumentsOfCommandLine } from './launch-arguments.ts';
import { startShell } from './start-shell.ts';

const commandLine = argumentsOfCommandLine(process.argv);

if (commandLine === undefined) {
  startShell({
    clock: systemClock,
    // Commands reach it through the profile's socket.
    openCore: async (ports, profileFolder) => {
      const { core, close } = await openOwnCore(profileFolder, ports);
      return { ...core, close };
    },
  });
} else {
  // It ends the process itself. Read by its name in dist/: one host does not import another.
  process.argv = commandLine;
  await import(new URL('./cli.mjs', import.meta.url).href);
}
