/** Serves a socket in the folder named and says so, until it is killed. */
import { serveLocalSocket } from '#core/local-socket/serve-local-socket.ts';

await serveLocalSocket(process.argv[2] as string, 'core.sock', () => undefined);
process.stdout.write('serving\n');
