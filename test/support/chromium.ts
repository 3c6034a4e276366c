/** Debian's Chromium, driven by Playwright, with nothing but loopback to reach. */
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const PROGRAM = '/usr/bin/chromium';

/** Why tests that need it are skipped; empty: it is there. */
export const NO_CHROMIUM = existsSync(PROGRAM) ? '' : ' (skipped: no Chromium at /usr/bin/chromium)';

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: PROGRAM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
    ],
  });
}
