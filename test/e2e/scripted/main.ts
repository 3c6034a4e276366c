/** The main module of the application around a scripted core; otherwise the same as the real one. */
import { systemClock } from '#base/system-clock.ts';
import { startShell } from '#hosts/electron/start-shell.ts';
import { ScriptedCore } from './scripted-core.ts';

declare global {
  var scriptedCore: ScriptedCore;
}

startShell({
  clock: systemClock,
  openCore: (ports, profileFolder) => {
    globalThis.scriptedCore = new ScriptedCore(ports, profileFolder);
    return Promise.resolve(globalThis.scriptedCore);
  },
});
