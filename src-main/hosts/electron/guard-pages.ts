/**
 * Keeps pages where they belong: no navigation away from our origin, no window opened, no frame of others, no
 * permission granted. A link to an address that the application itself names is opened in the browser.
 */
import { app, session, shell } from 'electron';
import { isOwnPage } from './app-origin.ts';
import { isKnownWebAddress } from './external-addresses.ts';

export function guardPages(): void {
  app.on('web-contents-created', (_event, contents) => {
    const refuseForeign = (event: { readonly url: string; preventDefault(): void }): void => {
      if (!isOwnPage(event.url)) event.preventDefault();
    };
    contents.on('will-navigate', refuseForeign);
    contents.on('will-redirect', refuseForeign);
    contents.on('will-frame-navigate', refuseForeign);
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      if (isKnownWebAddress(url)) void shell.openExternal(url);
      return { action: 'deny' };
    });
  });
}

/** Only after `ready`. */
export function refusePermissions(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  defaultSession.setPermissionCheckHandler(() => false);
  defaultSession.setDevicePermissionHandler(() => false);
}
