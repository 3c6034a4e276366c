/** A process that opens a place behind rclone, says so, and waits to be killed. Arguments: program, remote. */
import { rcloneEnvironment, rcloneStorageAt } from './rclone-places.ts';

const [, , program = '', remote = ''] = process.argv;
const storage = rcloneStorageAt(remote, rcloneEnvironment(program));
await storage.create();
console.log('open');
setInterval(() => undefined, 1000);
