/**
 * The sandboxed preload: gives the page one function, `window.tidemark.connect`, which hands over a channel to the
 * core. Bundled to one CommonJS file, because a sandboxed preload can load nothing else.
 */
import { contextBridge, ipcRenderer } from 'electron';
import { openPageChannel } from './open-page-channel.ts';

contextBridge.exposeInMainWorld('tidemark', { connect: () => openPageChannel(ipcRenderer) });
