import type { ShellTable } from '../text-tables.ts';

export const shell: ShellTable = {
  open: 'Open Tidemark',
  restore: 'Get something back…',
  quit: 'Quit Tidemark',
  backUpNow: 'Back up now',
  backUpOne: 'Back up one of them',
  backingUp: (plan) => (plan === undefined ? 'Backing up' : `Backing up ${plan}`),
  pause: 'Pause',
  pauseHour: 'For 1 hour',
  pauseUntil: (until) => `Until ${until}`,
  pausedUntil: (until) => `Paused until ${until}`,
  goOn: 'Go on with backups',
  staysTitle: 'Tidemark goes on in the background.',
  staysBody: 'Your folders stay protected. Open it from its icon beside the clock, or start it again.',
  chooseFolder: 'Choose a folder',
  cannotStart: 'Tidemark cannot start',
  brokenInside:
    'Something inside Tidemark went wrong. What was saved before is safe. Start it again; if that does not help, report it.',
};
