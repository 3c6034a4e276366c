/** Stands in for the engine process: answers what it is sent, and can be told to die. */

interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
  postMessage(message: unknown): void;
}

const { parentPort } = process as unknown as { parentPort: ParentPort };

parentPort.on('message', ({ data }) => {
  if (data === 'die') process.exit(3);
  parentPort.postMessage({ heard: data });
});
