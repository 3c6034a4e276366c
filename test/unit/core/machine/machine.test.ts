/** Power, network, drives and sleep, from made-up files of the kernel and a clock moved by hand; and this machine's own. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PowerAndNetwork } from '#core/host-ports.ts';
import { askMetered } from '#core/machine/ask-metered.ts';
import { machineFiles } from '#core/machine/machine-files.ts';
import { MachineWatch } from '#core/machine/machine-watch.ts';
import { readMounts } from '#core/machine/read-mounts.ts';
import { readNetwork, waysByAddress } from '#core/machine/read-network.ts';
import { readPower } from '#core/machine/read-power.ts';
import { readSystem } from '#core/machine/read-system.ts';
import { FakeClock } from '#test/support/fake-clock.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'tidemark-machine-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}

type Supply = Readonly<Record<string, string>>;

function supplies(all: Readonly<Record<string, Supply>>): void {
  rmSync(path.join(root, 'sys/class/power_supply'), { recursive: true, force: true });
  for (const [name, fields] of Object.entries(all)) {
    for (const [field, value] of Object.entries(fields))
      put(`sys/class/power_supply/${name}/${field}`, `${value}\n`);
  }
}

const AC = (online: 0 | 1): Supply => ({ type: 'Mains', online: String(online) });
const BATTERY = (status: string, capacity: number): Supply => ({
  type: 'Battery',
  status,
  capacity: String(capacity),
  scope: 'System',
});

describe('power', () => {
  const cases: [string, Record<string, Supply>, PowerAndNetwork['power'], boolean][] = [
    ['no battery, nothing said', {}, 'unknown', false],
    ['a desktop with its mains', { AC: AC(1) }, 'mains', false],
    ['a laptop that charges', { AC: AC(1), BAT0: BATTERY('Charging', 5) }, 'mains', false],
    ['unplugged', { AC: AC(0), BAT0: BATTERY('Discharging', 80) }, 'battery', false],
    ['unplugged and nearly empty', { AC: AC(0), BAT0: BATTERY('Discharging', 20) }, 'battery', true],
    [
      'two batteries, one full',
      { AC: AC(0), BAT0: BATTERY('Discharging', 3), BAT1: BATTERY('Not charging', 90) },
      'battery',
      false,
    ],
    ['unplugged, and the battery waits', { AC: AC(0), BAT0: BATTERY('Not charging', 60) }, 'battery', false],
    ['no entry for mains, discharging', { BAT0: BATTERY('Discharging', 50) }, 'battery', false],
    ['no entry for mains, charging', { BAT0: BATTERY('Charging', 50) }, 'mains', false],
    ['charging by USB', { usb: { type: 'USB', online: '1' }, BAT0: BATTERY('Charging', 50) }, 'mains', false],
    ['a mouse', { hidpp: { ...BATTERY('Discharging', 4), scope: 'Device' } }, 'unknown', false],
    [
      'a level without a number',
      { BAT0: { type: 'Battery', status: 'Discharging', capacity_level: 'Critical' } },
      'battery',
      true,
    ],
    ['rubbish', { BAT0: { type: 'Battery', status: '?', capacity: 'x' }, AC: AC(0) }, 'battery', false],
  ];
  test.each(cases)('%s', (_name, all, power, isBatteryLow) => {
    supplies(all);
    expect(readPower(machineFiles(root))).toEqual({ power, isBatteryLow });
  });
});

const ROUTE_TITLE = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n';
const route = (...lines: string[]): string =>
  ROUTE_TITLE + lines.map((line) => `${line}\t0\t0\t0\t00000000\t0\t0\t0\n`).join('');
const HOME = 'wlan0\t00000000\t0101A8C0\t0003';
const LAN = 'eth0\t0001A8C0\t00000000\t0001';
const DOCKER = 'docker0\t000011AC\t00000000\t0001';

describe('network', () => {
  test('a default route, a cable without one, none', () => {
    const ways = (): readonly string[] => readNetwork(machineFiles(root));
    put('proc/net/route', route(HOME));
    expect(ways()).toEqual(['wlan0 0101A8C0']);
    put('proc/net/route', route(LAN));
    put('sys/class/net/eth0/device/uevent', '');
    expect(ways()).toEqual(['eth0 local']);
    put('proc/net/route', route(DOCKER));
    expect(ways()).toEqual([]);
    // Down, and a route that refuses.
    put('proc/net/route', route(HOME.replace('0003', '0002'), HOME.replace('0003', '0203')));
    expect(ways()).toEqual([]);
    put('proc/net/route', '');
    expect(ways()).toEqual([]);
  });

  test('IPv6 alone', () => {
    const zero = '0'.repeat(32);
    const gateway = 'fe800000000000000000000000000001';
    put('proc/net/route', ROUTE_TITLE);
    const line = (destination: string, length: string, flags: string, device: string): string =>
      `${destination} ${length} ${zero} 00 ${gateway} 00000400 00000001 00000000 ${flags}   ${device}\n`;
    put(
      'proc/net/ipv6_route',
      line('fe80'.padEnd(32, '0'), '40', '00000001', 'eth0') + line(zero, '00', '00200200', 'lo'),
    );
    put('sys/class/net/eth0/device/uevent', '');
    expect(readNetwork(machineFiles(root))).toEqual([]);
    put('proc/net/ipv6_route', line(zero, '00', '00000003', 'eth0'));
    expect(readNetwork(machineFiles(root))).toEqual([`eth0 ${gateway}`]);
  });

  test('by addresses, on systems without these files', () => {
    const address = (text: string, internal = false) => ({ address: text, internal }) as never;
    expect(
      waysByAddress({
        lo: [address('127.0.0.1', true)],
        en0: [address('192.168.1.7'), address('fe80::1')],
        en1: [address('169.254.3.4')],
      }),
    ).toEqual(['en0 192.168.1.7']);
  });

  test.skipIf(process.platform !== 'linux')(
    'what NetworkManager says, by a program that answers like busctl',
    async () => {
      const program = path.join(root, 'busctl');
      const answers = async (text: string, code = 0): Promise<string> => {
        writeFileSync(program, `#!/bin/sh\necho '${text}'\nexit ${code}\n`);
        chmodSync(program, 0o755);
        return askMetered(program);
      };
      expect(await answers('u 1')).toBe('metered');
      expect(await answers('u 2')).toBe('unmetered');
      expect(await answers('u 3')).toBe('metered');
      expect(await answers('u 4')).toBe('unmetered');
      expect(await answers('u 0')).toBe('unasked');
      expect(await answers('u 1', 1)).toBe('unasked');
      expect(await askMetered(path.join(root, 'missing'))).toBe('unasked');
    },
  );
});

const MOUNTS = '22 27 0:21 / /proc rw,relatime - proc proc rw\n27 1 8:1 / / rw - ext4 /dev/sda1 rw\n';

describe('the watch', () => {
  function watch(answer: PowerAndNetwork['network'] = 'unasked') {
    const clock = new FakeClock();
    const heard: string[] = [];
    const made = new MachineWatch({
      clock,
      files: machineFiles(root),
      askMetered: () => Promise.resolve(answer),
    });
    made.onChange((what) => heard.push(what));
    return { clock, heard, watch: made };
  }

  test('tells what changed, once, and is silent otherwise', async () => {
    put('proc/self/mountinfo', MOUNTS);
    put('proc/net/route', route(HOME));
    supplies({ AC: AC(1), BAT0: BATTERY('Charging', 50) });
    const { clock, heard, watch: made } = watch();
    await clock.advance(60_000);
    expect(heard).toEqual([]);
    expect(made.powerAndNetwork()).toEqual({ power: 'mains', isBatteryLow: false, network: 'unasked' });
    put('proc/self/mountinfo', `${MOUNTS}90 27 8:17 / /media/me/Backup\\040disk rw - ext4 /dev/sdb1 rw\n`);
    await clock.advance(5_000);
    supplies({ AC: AC(0), BAT0: BATTERY('Discharging', 50) });
    await clock.advance(5_000);
    put('proc/net/route', route());
    await clock.advance(60_000);
    expect(heard).toEqual(['drives', 'power', 'network']);
    expect(made.powerAndNetwork()).toEqual({ power: 'battery', isBatteryLow: false, network: 'none' });
    made.close();
    put('proc/self/mountinfo', MOUNTS);
    await clock.advance(60_000);
    expect(heard).toHaveLength(3);
    expect(clock.sleeperCount).toBe(0);
  });

  test('another network is judged anew', async () => {
    put('proc/net/route', route(HOME));
    const { clock, heard, watch: made } = watch('metered');
    await clock.advance(0);
    expect(heard).toEqual(['network']);
    expect(made.powerAndNetwork().network).toBe('metered');
    put('proc/net/route', route(HOME.replace('0101', '0202')));
    await clock.advance(5_000);
    expect(heard).toEqual(['network', 'network', 'network']);
    made.close();
  });

  test('sleep is seen where the steady clock goes on meanwhile: the look comes late', async () => {
    class Late extends FakeClock {
      lateMs = 0;
      override monotonicMs(): number {
        return super.monotonicMs() + this.lateMs;
      }
      override nowMs(): number {
        return super.nowMs() + this.lateMs;
      }
    }
    const clock = new Late();
    const heard: string[] = [];
    const made = new MachineWatch({ clock, files: machineFiles(root), askMetered: async () => 'unasked' });
    made.onChange((what) => heard.push(what));
    clock.lateMs = 20_000;
    await clock.advance(5_000);
    expect(heard).toEqual([]);
    clock.lateMs += 60_000;
    await clock.advance(5_000);
    expect(heard).toEqual(['resumed']);
    made.close();
  });

  test('sleep is seen by the wall clock, and not where there is none', async () => {
    const { clock, heard, watch: made } = watch();
    await clock.advance(5_000);
    clock.suspend(3_600_000);
    await clock.advance(5_000);
    expect(heard).toEqual(['resumed']);
    // Set back, by a little, or by the daily adjustment: no sleep.
    clock.jumpWall(-3_600_000);
    await clock.advance(5_000);
    clock.jumpWall(2_000);
    await clock.advance(5_000);
    expect(heard).toEqual(['resumed']);
    made.close();
  });
});

test('this machine answers, whatever it is', () => {
  const files = machineFiles();
  expect(['mains', 'battery', 'unknown']).toContain(readPower(files).power);
  expect(Array.isArray(readNetwork(files))).toBe(true);
  if (process.platform === 'linux')
    expect(readMounts(files)?.some((mount) => mount.endsWith(' /'))).toBe(true);
});

describe('which system it is', () => {
  test.each([
    [
      'NAME="Ubuntu"\nVERSION_ID="24.04"\nPRETTY_NAME="Ubuntu 24.04.1 LTS"\n',
      { name: 'Ubuntu', version: '24.04' },
    ],
    ["VERSION_ID=41\nNAME='Fedora Linux'\n", { name: 'Fedora Linux', version: '41' }],
    // One that has no versions.
    ['NAME="Arch Linux"\nID=arch\n', undefined],
    ['', undefined],
  ])('Linux: %j', (text, system) => {
    put('usr/lib/os-release', text);
    expect(readSystem(machineFiles(root), 'linux')).toEqual(system);
    // The one below /etc counts where both are there.
    put('etc/os-release', 'NAME=Debian\nVERSION_ID=13\n');
    expect(readSystem(machineFiles(root), 'linux')).toEqual({ name: 'Debian', version: '13' });
  });

  test('macOS', () => {
    expect(readSystem(machineFiles(root), 'darwin')).toBeUndefined();
    put(
      'System/Library/CoreServices/SystemVersion.plist',
      '<dict>\n\t<key>ProductVersion</key>\n\t<string>15.2</string>\n</dict>',
    );
    expect(readSystem(machineFiles(root), 'darwin')).toEqual({ name: 'macOS', version: '15.2' });
  });
});
