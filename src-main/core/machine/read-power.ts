/**
 * What Linux says about mains and battery. Source: Documentation/ABI/testing/sysfs-class-power in the kernel.
 */
import type { PowerAndNetwork } from '#core/host-ports.ts';
import type { MachineFiles } from './machine-files.ts';

export type Power = Pick<PowerAndNetwork, 'power' | 'isBatteryLow'>;

const SUPPLIES = 'sys/class/power_supply';
/** A backup may not be what empties it. */
const LOW_PERCENT = 20;

export function readPower(files: MachineFiles): Power {
  const supplies = files.list(SUPPLIES).map((name) => {
    const value = (field: string): string => files.read(`${SUPPLIES}/${name}/${field}`)?.trim() ?? '';
    return {
      type: value('type'),
      isOnline: value('online') === '1',
      status: value('status'),
      percent: Number(value('capacity') || Number.NaN),
      level: value('capacity_level'),
      // The battery of a mouse or a headset says nothing about the computer.
      isOfDevice: value('scope') === 'Device',
    };
  });
  const batteries = supplies.filter(({ type, isOfDevice }) => type === 'Battery' && !isOfDevice);
  const lines = supplies.filter(
    ({ type, isOfDevice }) => (type === 'Mains' || type === 'USB') && !isOfDevice,
  );
  if (lines.some(({ isOnline }) => isOnline)) return { power: 'mains', isBatteryLow: false };
  if (batteries.length === 0) return { power: 'unknown', isBatteryLow: false };
  const isDischarging = batteries.some(({ status }) => status === 'Discharging');
  // Some machines have no entry for their mains adapter.
  if (!isDischarging && (lines.length === 0 || batteries.every(({ status }) => status === 'Full'))) {
    return { power: 'mains', isBatteryLow: false };
  }
  const isBatteryLow = batteries.every(
    ({ percent, level }) => percent <= LOW_PERCENT || level === 'Low' || level === 'Critical',
  );
  return { power: 'battery', isBatteryLow };
}
