/** The `electron` module as the application imports it. Whatever is not here does not exist for it. */
export { app } from './app.ts';
export { BrowserWindow, webContents } from './browser-window.ts';
export { dialog, Menu, MenuItem, nativeImage, Notification, shell, Tray } from './desktop.ts';
export { ipcMain } from './ipc-main.ts';
export { powerMonitor, powerSaveBlocker } from './power.ts';
export { nativeTheme, systemPreferences } from './appearance.ts';
export { protocol, session } from './protocol.ts';
export { utilityProcess } from './utility-process.ts';
