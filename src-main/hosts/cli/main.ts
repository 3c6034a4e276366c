/** Entry of the command line. Tells its version until the commands are there. */
import packageJson from '../../../package.json' with { type: 'json' };

console.log(`tidemark ${packageJson.version}`);
