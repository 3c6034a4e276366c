/** Which system this is, as it calls itself: what changes when somebody updates it, not with each patch. */
import { release, version } from 'node:os';
import type { HostPorts } from '#core/host-ports.ts';
import type { MachineFiles } from './machine-files.ts';

const OS_RELEASE = ['etc/os-release', 'usr/lib/os-release'] as const;
const MAC_VERSION = 'System/Library/CoreServices/SystemVersion.plist';

/** Undefined where it does not say; a system without versions that rolls on all the time never does. */
export function readSystem(
  files: MachineFiles,
  platform: NodeJS.Platform = process.platform,
): ReturnType<NonNullable<HostPorts['system']>> {
  if (platform === 'win32') return { name: version(), version: release() };
  if (platform === 'darwin') {
    const found = /<key>ProductVersion<\/key>\s*<string>([^<]+)<\/string>/.exec(
      files.read(MAC_VERSION) ?? '',
    );
    return found?.[1] === undefined ? undefined : { name: 'macOS', version: found[1] };
  }
  // Source: os-release(5): the first that is there counts, values may be quoted.
  const text = OS_RELEASE.map((file) => files.read(file)).find((each) => each !== undefined) ?? '';
  const value = (name: string): string | undefined =>
    new RegExp(`^${name}=(["']?)(.*)\\1\\s*$`, 'm').exec(text)?.[2];
  const [name, number] = [value('NAME'), value('VERSION_ID')];
  return name === undefined || number === undefined ? undefined : { name, version: number };
}
