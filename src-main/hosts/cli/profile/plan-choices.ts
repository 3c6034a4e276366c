/** The options of `plan add` and `plan change`, and the plan that they make of a new or an existing one. */
import { Option, type Command } from 'commander';
import type { ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import { splitCommand } from '#base/split-command.ts';
import { retention, EXCLUSION_PRESETS, type ExclusionPreset } from '#contract/app/values.ts';
import { isEmptyPolicy } from '#rules/retention-policy.ts';
import { definePolicyOptions, readPolicy, type PolicyFlags } from '../forget-policy.ts';
import { asChoice, asText, asTexts, collect } from '../option-values.ts';
import { parseBandwidth, parseFixedTime, parseQuietHours, parseSpan } from './day-times.ts';
import { findByName } from './find-by-name.ts';
import type { WirePlace, WirePlan } from './profile-connection.ts';
import { absoluteToWire, toWire } from './wire-path.ts';

export type WireChoices = Omit<WirePlan, 'id' | 'pause' | 'createdAtMs' | 'changedAtMs'>;

/** Options whose list replaces the one before; `none` empties it. */
interface ListFlags {
  readonly folder?: string[];
  readonly place?: string[];
  readonly exclude?: string[];
  readonly preset?: string[];
  readonly at?: string[];
  readonly quietHours?: string[];
  readonly bandwidth?: string[];
  readonly before?: string[];
  readonly after?: string[];
}

export interface PlanFlags extends ListFlags, PolicyFlags {
  readonly name?: string;
  readonly on?: boolean;
  readonly off?: boolean;
  readonly neverOlderThan?: string;
  readonly watch?: boolean;
  readonly mainsOnly?: boolean;
  readonly avoidMetered?: boolean;
  readonly commandTimeout?: string;
  readonly commandFailure?: string;
}

export function definePlanOptions(command: Command): Command {
  command
    .option('--place <place>', 'where to save to, by name (repeatable)', collect)
    .option('--exclude <pattern>', 'leave out what matches (repeatable)', collect)
    .option('--preset <preset>', `leave out ${EXCLUSION_PRESETS.join(', ')} (repeatable)`, collect)
    .option('--never-older-than <time>', 'a new version at least so often, such as 1h or 1d')
    .option(
      '--at <time>',
      'a version at this time of day, such as 22:00 or "mon-fri 18:00" (repeatable)',
      collect,
    )
    .option('--watch', 'also soon after changes')
    .option('--no-watch', 'not after changes')
    .option('--mains-only', 'not while on battery')
    .addOption(new Option('--no-mains-only').hideHelp())
    .option('--avoid-metered', 'not over a network that costs money')
    .addOption(new Option('--no-avoid-metered').hideHelp())
    .option('--quiet-hours <hours>', 'not at these hours, such as 08:00-12:00 (repeatable)', collect)
    .option(
      '--bandwidth <rate>',
      'at most so many bytes a second to the place, or from it, such as "500k 08:00-18:00" or "2M down" (repeatable)',
      collect,
    )
    .option('--before <command>', 'run this before, such as a database dump (repeatable)', collect)
    .option('--after <command>', 'run this after (repeatable)', collect)
    .option('--command-timeout <time>', 'how long such a command may take (1h)')
    .option('--command-failure <what>', 'when such a command fails: stop or goOn (stop)')
    .option('--on', 'switch the plan on')
    .option('--off', 'switch the plan off');
  return definePolicyOptions(command);
}

const HOUR_MS = 3_600_000;

/** What a plan is unless the person says otherwise; the window begins with the same. Source: product notes, section 3. */
export function defaultChoices(name: string, presets: readonly ExclusionPreset[]): WireChoices {
  return {
    name,
    isOn: true,
    folders: [],
    exclusions: { presets: [...presets], patterns: [] },
    placeIds: [],
    schedule: { maxAgeMs: HOUR_MS, fixedTimes: [], isWatching: true },
    retention: {
      counts: { monthly: 'all' },
      withinUnits: { hourly: { days: 2 }, daily: { months: 2 }, weekly: { years: 2 } },
      tagLists: [],
    },
    conditions: { mainsOnly: false, avoidMetered: false, quietHours: [], bandwidth: [] },
    commands: { before: [], after: [] },
  };
}

export function choicesOf(plan: WirePlan): WireChoices {
  const { id: _id, pause: _pause, createdAtMs: _created, changedAtMs: _changed, ...choices } = plan;
  return choices;
}

/** What was given replaces what was there. @throws request.invalidInput, request.notFound */
export function applyPlanFlags(
  before: WireChoices,
  flags: PlanFlags,
  places: readonly WirePlace[],
): WireChoices {
  const placeIds = list(
    'place',
    flags,
    before.placeIds,
    (name) => findByName('backup place', places, asText(name)).id,
  );
  const policy = readPolicy(flags);
  return {
    name: flags.name === undefined ? before.name : asText(flags.name),
    isOn: flags.off === true ? false : flags.on === true || before.isOn,
    folders: list('folder', flags, before.folders, absoluteToWire),
    exclusions: {
      presets: list('preset', flags, before.exclusions.presets, (value) =>
        asChoice('--preset', value, EXCLUSION_PRESETS),
      ),
      patterns: list('exclude', flags, before.exclusions.patterns, (value) => toWire(value as ByteString)),
    },
    placeIds,
    schedule: scheduleOf(before.schedule, flags),
    retention: isEmptyPolicy(policy)
      ? before.retention
      : retention.encode({ ...policy, tagLists: policy.tagLists.map((tags) => [...tags]) }),
    conditions: {
      mainsOnly: flags.mainsOnly ?? before.conditions.mainsOnly,
      avoidMetered: flags.avoidMetered ?? before.conditions.avoidMetered,
      quietHours: list('quietHours', flags, before.conditions.quietHours, (value) =>
        parseQuietHours('--quiet-hours', asText(value)),
      ),
      bandwidth: list('bandwidth', flags, before.conditions.bandwidth, (value) =>
        parseBandwidth('--bandwidth', asText(value)),
      ),
    },
    commands: {
      before: list('before', flags, before.commands.before, (value) => commandOf(value, flags)),
      after: list('after', flags, before.commands.after, (value) => commandOf(value, flags)),
    },
  };
}

function scheduleOf(before: WireChoices['schedule'], flags: PlanFlags): WireChoices['schedule'] {
  const { maxAgeMs: oldMaxAgeMs, ...rest } = before;
  const given = flags.neverOlderThan === undefined ? undefined : asText(flags.neverOlderThan);
  const maxAgeMs =
    given === undefined ? oldMaxAgeMs : given === NONE ? undefined : parseSpan('--never-older-than', given);
  return {
    ...rest,
    ...(maxAgeMs === undefined ? {} : { maxAgeMs }),
    fixedTimes: list('at', flags, before.fixedTimes, (value) => parseFixedTime('--at', asText(value))),
    isWatching: flags.watch ?? before.isWatching,
  };
}

const NONE = 'none';

function list<Item>(
  name: keyof ListFlags,
  flags: ListFlags,
  before: Item[],
  read: (value: string) => Item,
): Item[] {
  const given = flags[name];
  if (given === undefined) return before;
  return asTexts(given).includes(NONE) ? [] : given.map(read);
}

function commandOf(text: string, flags: PlanFlags): WireChoices['commands']['before'][number] {
  const [program = '', ...rest] = splitCommand('a command', text);
  const policy = flags.commandFailure ?? 'stop';
  if (program === '') {
    throw new TidemarkError('request.invalidInput', { what: 'a command is empty', reason: 'name a program' });
  }
  return {
    program: toWire(program as ByteString),
    arguments: rest.map((argument) => toWire(argument as ByteString)),
    timeoutMs:
      flags.commandTimeout === undefined
        ? HOUR_MS
        : parseSpan('--command-timeout', asText(flags.commandTimeout)),
    onFailure: asChoice('--command-failure', policy, ['stop', 'goOn']),
  };
}
