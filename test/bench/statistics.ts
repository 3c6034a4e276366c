/** The few numbers that a row of measurements is boiled down to. Pure. */

/** The middle value; of an even count the mean of the two in the middle. @throws RangeError of none */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no values, no median');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** How far the values lie apart: (largest - smallest) / median; 0 when all are equal. */
export function spread(values: readonly number[]): number {
  const distance = Math.max(...values) - Math.min(...values);
  return distance === 0 ? 0 : distance / median(values);
}
