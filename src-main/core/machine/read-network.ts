/**
 * Which network there is: the ways out that the kernel has on Linux, addresses elsewhere. Names what it found, so that a
 * change of network is seen even where both are networks. Whether one costs money it does not know.
 */
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import type { MachineFiles } from './machine-files.ts';

/** Flags of a route. Source: linux/route.h. */
const ROUTE_IS_UP = 0x1;
const ROUTE_REJECTS = 0x200;

/** One line per way out, sorted; empty: there is no network. */
export function readNetwork(files: MachineFiles): readonly string[] {
  const routes = files.read('proc/net/route');
  if (routes === undefined) return waysByAddress(networkInterfaces());
  const ways = [...ipv4Ways(routes), ...ipv6Ways(files.read('proc/net/ipv6_route') ?? '')]
    // A bridge for containers or virtual machines has routes and leads nowhere: without a default route only real hardware counts.
    .filter(({ device, isDefault }) => isDefault || files.list(`sys/class/net/${device}/device`).length > 0)
    .map(({ device, gateway, isDefault }) => `${device} ${isDefault ? gateway : 'local'}`);
  return [...new Set(ways)].toSorted();
}

interface Way {
  readonly device: string;
  readonly gateway: string;
  readonly isDefault: boolean;
}

/** Columns: device, destination, gateway, flags, ... Source: man 5 proc. */
function ipv4Ways(text: string): Way[] {
  return rows(text).flatMap(([device = '', destination = '', gateway = '', flags = '']) =>
    isUsable(flags) && device !== 'lo' ? [{ device, gateway, isDefault: /^0{8}$/.test(destination) }] : [],
  );
}

/** Columns: destination, its length, source, its length, gateway, metric, references, uses, flags, device. */
function ipv6Ways(text: string): Way[] {
  return rows(text).flatMap((columns) => {
    const [destination = '', length = '', , , gateway = '', , , , flags = '', device = ''] = columns;
    // Every interface has a link-local address and its own multicast, plugged in or not.
    const isLocalOnly = /^f(e8|f)/.test(destination);
    if (!isUsable(flags) || device === 'lo' || isLocalOnly) return [];
    return [{ device, gateway, isDefault: /^0+$/.test(destination) && length === '00' }];
  });
}

function rows(text: string): string[][] {
  return text.split('\n').map((line) => line.trim().split(/\s+/));
}

function isUsable(flags: string): boolean {
  const value = Number.parseInt(flags, 16);
  return (value & ROUTE_IS_UP) !== 0 && (value & ROUTE_REJECTS) === 0;
}

export function waysByAddress(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): readonly string[] {
  return Object.entries(interfaces)
    .flatMap(([name, addresses = []]) =>
      addresses
        .filter(({ internal, address }) => !internal && !/^(169\.254\.|fe80:)/i.test(address))
        .map(({ address }) => `${name} ${address}`),
    )
    .toSorted();
}
