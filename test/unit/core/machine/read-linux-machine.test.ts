/** Power, network and drives, as Linux tells them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { PowerAndNetwork } from '#core/host-ports.ts';
import { describePowerAndNetwork } from '#core/machine/power-and-network.ts';
import { judgePower, type PowerSupply } from '#core/machine/power-supplies.ts';
import { hasNetwork, readMounts, readPowerSupplies } from '#core/machine/read-linux-machine.ts';
import { watchMachine, type MachineChange } from '#core/machine/watch-machine.ts';
import { FakeClock } from '#test/support/fake-clock.ts';

const supply = (given: Partial<PowerSupply>): PowerSupply => ({
  type: undefined,
  online: undefined,
  status: undefined,
  scope: undefined,
  capacity: undefined,
  ...given,
});
const mains = (online: '0' | '1') => supply({ type: 'Mains', online });
const battery = (status: string, capacity?: string) =>
  supply({ type: 'Battery', status, capacity, scope: 'System' });

describe('power', () => {
  test.each<[string, PowerSupply[], object]>([
    ['a machine that says nothing', [], { isOnBattery: false, hasBattery: false }],
    ['a desktop', [mains('1')], { isOnBattery: false, hasBattery: false }],
    [
      'a laptop on mains',
      [mains('1'), battery('Charging', '80')],
      { isOnBattery: false, hasBattery: true, batteryPercent: 80 },
    ],
    [
      'a laptop on battery',
      [mains('0'), battery('Discharging', '80')],
      { isOnBattery: true, hasBattery: true, batteryPercent: 80 },
    ],
    [
      'a weak charger: it discharges, but it is plugged in',
      [supply({ type: 'USB', online: '1' }), battery('Discharging', '30')],
      { isOnBattery: false, hasBattery: true, batteryPercent: 30 },
    ],
    [
      'the mouse is discharging',
      [mains('1'), supply({ type: 'Battery', status: 'Discharging', capacity: '5', scope: 'Device' })],
      { isOnBattery: false, hasBattery: false },
    ],
    [
      'two batteries: the emptier one counts',
      [battery('Discharging', '60'), battery('Unknown', '10')],
      { isOnBattery: true, hasBattery: true, batteryPercent: 10 },
    ],
    ['a capacity that is none', [battery('Discharging', 'full')], { isOnBattery: true, hasBattery: true }],
  ])('%s', (_what, supplies, state) => {
    expect(judgePower(supplies)).toEqual(state);
  });

  test.each([
    [{ isOnBattery: false, hasBattery: false }, 'unknown', false],
    [{ isOnBattery: false, hasBattery: true, batteryPercent: 5 }, 'mains', false],
    [{ isOnBattery: true, hasBattery: true, batteryPercent: 19 }, 'battery', true],
    [{ isOnBattery: true, hasBattery: true, batteryPercent: 20 }, 'battery', false],
    [{ isOnBattery: true, hasBattery: true }, 'battery', false],
  ])('%j is %s, low: %s', (state, power, isBatteryLow) => {
    expect(describePowerAndNetwork(state, true)).toEqual({ power, isBatteryLow, network: 'unasked' });
  });

  test('without a network', () => {
    expect(describePowerAndNetwork({ isOnBattery: false, hasBattery: false }, false).network).toBe('none');
  });
});

describe('what Linux tells', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'tidemark-machine-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('supplies as the kernel lays them out', () => {
    const folder = path.join(root, 'sys/class/power_supply');
    mkdirSync(path.join(folder, 'AC'), { recursive: true });
    mkdirSync(path.join(folder, 'BAT0'));
    writeFileSync(path.join(folder, 'AC/type'), 'Mains\n');
    writeFileSync(path.join(folder, 'AC/online'), '0\n');
    writeFileSync(path.join(folder, 'BAT0/type'), 'Battery\n');
    writeFileSync(path.join(folder, 'BAT0/status'), 'Discharging\n');
    writeFileSync(path.join(folder, 'BAT0/capacity'), '42\n');
    expect(judgePower(readPowerSupplies(root))).toEqual({
      isOnBattery: true,
      hasBattery: true,
      batteryPercent: 42,
    });
  });

  test('a system without these files', () => {
    const nowhere = path.join(root, 'nowhere');
    expect(readPowerSupplies(nowhere)).toEqual([]);
    expect(readMounts(nowhere)).toBe('');
  });

  test('a network is an address that others can see', () => {
    const address = { address: '', netmask: '', mac: '', cidr: null, family: 'IPv4' } as const;
    expect(hasNetwork({ lo: [{ ...address, internal: true }] })).toBe(false);
    expect(
      hasNetwork({ lo: [{ ...address, internal: true }], eth0: [{ ...address, internal: false }] }),
    ).toBe(true);
    expect(hasNetwork({})).toBe(false);
  });
});

describe('watching', () => {
  test('tells what changed, once per change, until it is stopped', async () => {
    const clock = new FakeClock();
    let state: PowerAndNetwork = { power: 'mains', isBatteryLow: false, network: 'unasked' };
    let drives = 'a';
    const heard: MachineChange[] = [];
    const stop = watchMachine(clock, { powerAndNetwork: () => state, drives: () => drives }, (what) =>
      heard.push(what),
    );
    await clock.advance(20_000);
    expect(heard).toEqual([]);

    state = { ...state, power: 'battery' };
    drives = 'a b';
    await clock.advance(10_000);
    expect(heard).toEqual(['power', 'drives']);
    state = { ...state, network: 'none' };
    await clock.advance(10_000);
    await clock.advance(10_000);
    expect(heard).toEqual(['power', 'drives', 'network']);

    stop();
    drives = 'c';
    await clock.advance(60_000);
    expect(heard).toHaveLength(3);
  });
});
