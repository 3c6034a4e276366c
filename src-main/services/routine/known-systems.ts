/**
 * Which system a computer had since when, as its versions have seen it. Kept in the state and travelling with the settings:
 * a tag in each version would stand in everything that restic lists, and a change of it is rare. Nothing is known of versions
 * before the first entry.
 */
import { getSetting, putSetting, type Setting } from '#services/state/settings-table.ts';
import type { StateWriter } from '#services/state/state-database.ts';

type KnownSystem = Setting<'systems'>[number];

/** More than any computer has in its life; the oldest go. */
const MOST_KNOWN = 200;

/** A version was made under this system. Runs of one plan begin together and end in any order. */
export function noteSystem(writer: StateWriter, seen: KnownSystem): void {
  const before = getSetting(writer, 'systems') ?? [];
  const own = before.filter(({ hostname }) => hostname === seen.hostname);
  const last = own.at(-1);
  const earlier = own.at(-2);
  if (last === undefined) return put(writer, [...before, seen]);
  if (last.name !== seen.name || last.version !== seen.version) {
    // A clock that was set back says nothing of the order.
    if (seen.sinceMs > last.sinceMs) put(writer, [...before, seen]);
  } else if (seen.sinceMs < last.sinceMs && seen.sinceMs > (earlier?.sinceMs ?? 0))
    put(
      writer,
      before.map((one) => (one === last ? seen : one)),
    );
}

/** Those of a computer whose settings are taken over. */
export function adoptSystems(writer: StateWriter, travelled: readonly KnownSystem[]): void {
  const known = getSetting(writer, 'systems') ?? [];
  const others = travelled.filter(
    (one) => !known.some(({ hostname, sinceMs }) => hostname === one.hostname && sinceMs === one.sinceMs),
  );
  if (others.length > 0) put(writer, [...others, ...known]);
}

function put(writer: StateWriter, systems: readonly KnownSystem[]): void {
  const sorted = systems.toSorted((one, other) => one.sinceMs - other.sinceMs);
  putSetting(writer, 'systems', sorted.slice(-MOST_KNOWN));
}
