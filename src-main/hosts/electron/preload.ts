/**
 * The sandboxed preload: gives the page `window.tidemark.connect`, which hands over a channel to the core, and `dragOut`,
 * which lets the system take over a drag: of what a job has got ready, named by its id and never by a path. `pathOf` says
 * where a file lies that the person has dropped on the page; of what a page makes itself it says nothing. Bundled to one
 * CommonJS file, because a sandboxed preload can load nothing else.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { DRAG_OUT } from './ipc-names.ts';
import { openPageChannel } from './open-page-channel.ts';

contextBridge.exposeInMainWorld('tidemark', {
  connect: () => openPageChannel(ipcRenderer),
  dragOut: (jobId: string) => ipcRenderer.invoke(DRAG_OUT, jobId),
  pathOf: (file: File) => webUtils.getPathForFile(file),
});
