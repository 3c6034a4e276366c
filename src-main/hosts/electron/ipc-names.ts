/**
 * The messages between a window's preload and the main process: one channel is opened, then text-safe values go
 * both ways under its number; and what was got ready is dragged out. Nothing else is listened to on either side.
 */

/** Invoked by the page: answers the number of a new channel, and closes the page's former one. */
export const OPEN_CHANNEL = 'tidemark:open-channel';
/** Sent both ways: number of the channel, message. */
export const CHANNEL_MESSAGE = 'tidemark:channel-message';
/** Sent both ways: number of the channel. */
export const CLOSE_CHANNEL = 'tidemark:close-channel';
/** Invoked by the page while a button is held: id of the job that got ready what is to be dragged. */
export const DRAG_OUT = 'tidemark:drag-out';
