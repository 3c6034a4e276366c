/**
 * Mains or battery, judged from what the Linux kernel tells of each supply. Pure. A machine without a battery of its
 * own is on mains; so is one about which nothing is known.
 */

/** Files below one folder of /sys/class/power_supply; absent ones undefined. */
export interface PowerSupply {
  readonly type: string | undefined;
  readonly online: string | undefined;
  readonly status: string | undefined;
  /** `Device`: the battery of a mouse or a pen. */
  readonly scope: string | undefined;
  readonly capacity: string | undefined;
}

export interface PowerState {
  readonly isOnBattery: boolean;
  readonly hasBattery: boolean;
  /** 0 to 100; absent: no battery, or it does not say. */
  readonly batteryPercent?: number;
}

export function judgePower(supplies: readonly PowerSupply[]): PowerState {
  const own = supplies.filter(({ scope }) => scope !== 'Device');
  const batteries = own.filter(({ type }) => type === 'Battery');
  const hasMains = own.some(({ type, online }) => type !== 'Battery' && online === '1');
  const state = {
    isOnBattery: batteries.some(({ status }) => status === 'Discharging') && !hasMains,
    hasBattery: batteries.length > 0,
  };
  const percents = batteries.flatMap(({ capacity }) =>
    capacity !== undefined && /^\d+$/.test(capacity) ? [Number(capacity)] : [],
  );
  return percents.length === 0 ? state : { ...state, batteryPercent: Math.min(...percents) };
}
