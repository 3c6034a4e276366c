/** Power and network as the scheduler wants them, from what the system says. */
import type { PowerAndNetwork } from '#core/host-ports.ts';
import type { PowerState } from './power-supplies.ts';

/** Below it a backup waits for the mains, so that the rest is left for the person. */
const LOW_BATTERY_PERCENT = 20;

export function describePowerAndNetwork(power: PowerState, isOnline: boolean): PowerAndNetwork {
  const { isOnBattery, hasBattery, batteryPercent } = power;
  return {
    power: isOnBattery ? 'battery' : hasBattery ? 'mains' : 'unknown',
    isBatteryLow: isOnBattery && batteryPercent !== undefined && batteryPercent < LOW_BATTERY_PERCENT,
    // What a network costs no system tells a program that has only Node; the person is asked.
    network: isOnline ? 'unasked' : 'none',
  };
}
