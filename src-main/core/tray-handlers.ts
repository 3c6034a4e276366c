/** Whether the tray is still to be introduced: kept in the state, so that it is done once in the life of a profile. */
import type { trayCalls } from '#contract/app/tray-calls.ts';
import type { CallHandlers } from '#contract/calls/call-table.ts';
import { getSetting, putSetting } from '#services/state/settings-table.ts';
import type { StateReader } from '#services/state/state-database.ts';
import type { CoreParts } from './core-parts.ts';

export function trayHandlers({ state, ports }: CoreParts): CallHandlers<typeof trayCalls> {
  return {
    'tray.introduction': async () => {
      if (state.read(wasTold)) return null;
      const corner = (await ports.trayCorner?.()) ?? null;
      return corner === null ? null : { corner };
    },
    'tray.told': () =>
      state.commit((writer) => {
        if (wasTold(writer)) return false;
        putSetting(writer, 'wasToldOfTray', true);
        return true;
      }),
  };
}

function wasTold(reader: StateReader): boolean {
  return getSetting(reader, 'wasToldOfTray') ?? false;
}
