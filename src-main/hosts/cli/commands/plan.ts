/** `tidemark plan`: which folders are protected, where to, how often, and for how long versions are kept. */
import type { Command } from 'commander';
import { TidemarkError } from '#base/errors.ts';
import type { Mirror } from '#contract/app/mirror-values.ts';
import type { CommandSession, RunCommand } from '../command-session.ts';
import { formatCount, formatName } from '../format-values.ts';
import { asText, collect, example } from '../option-values.ts';
import { parseSpan } from '../profile/day-times.ts';
import { findByName } from '../profile/find-by-name.ts';
import {
  applyPlanFlags,
  choicesOf,
  defaultChoices,
  definePlanOptions,
  type PlanFlags,
  type WireChoices,
} from '../profile/plan-choices.ts';
import { describePlan, planTable } from '../profile/plan-words.ts';
import { momentText } from '../profile/moment-text.ts';
import { withProfile, type ProfileConnection, type WirePlan } from '../profile/profile-connection.ts';
import { parseTimeText } from '../time-text.ts';

/** A pause without an end would be forgotten. */
const PAUSE_MS = 3_600_000;

export function definePlan(command: Command, run: RunCommand): void {
  command.addHelpText('after', example('tidemark plan add Letters ~/Documents ~/Mail --place "USB disk"'));
  command
    .command('list')
    .description('list the plans')
    .addHelpText('after', example('tidemark plan list'))
    .action(() =>
      withPlans(run, async ({ output }, _profile, mirror) => {
        if (output.options.json) return output.json(mirror.plans);
        if (mirror.plans.length === 0) output.say('There is no plan yet. Make one with "tidemark plan add".');
        else for (const line of planTable(mirror)) await output.result(line);
      }),
    );
  onPlan(command.command('show').description('everything about a plan'), 'show Letters').action(
    (name: string) =>
      withPlans(run, async ({ output }, _profile, mirror) => {
        const plan = planNamed(mirror, name);
        if (output.options.json) return output.json(plan);
        for (const line of describePlan(plan, mirror)) await output.result(line);
      }),
  );
  definePlanOptions(command.command('add').description('protect folders'))
    .argument('<name>', 'a name for the plan')
    .argument('<folder...>', 'what to protect')
    .addHelpText(
      'after',
      example('tidemark plan add Letters ~/Documents --place "USB disk" --never-older-than 4h'),
    )
    .action((name: string, folders: string[], flags: PlanFlags) =>
      withPlans(run, async (session, profile, mirror) => {
        const presets = await profile.calls['plans.presets']({});
        const defaults = presets.filter(({ isDefault }) => isDefault).map(({ preset }) => preset);
        const before = defaultChoices(asText(name), defaults);
        const choices = applyPlanFlags(before, { ...flags, folder: folders }, mirror.places);
        refuseUnsaved(choices);
        await put(session, profile, null, choices);
      }),
    );
  definePlanOptions(onPlan(command.command('change').description('change what is given, and leave the rest')))
    .option('--name <name>', 'another name')
    .option('--folder <folder>', 'protect these instead (repeatable)', collect)
    .addHelpText('after', '\nA list that is given replaces the one before; "none" empties it.\n')
    .addHelpText('after', example('tidemark plan change Letters --at 22:00 --never-older-than none'))
    .action((name: string, flags: PlanFlags) =>
      withPlans(run, async (session, profile, mirror) => {
        const plan = planNamed(mirror, name);
        const choices = applyPlanFlags(choicesOf(plan), flags, mirror.places);
        await put(session, profile, plan.id, choices);
      }),
    );
  onPlan(
    command.command('remove').description('protect its folders no longer; versions stay'),
    'remove Letters',
  ).action((name: string) =>
    withPlans(run, async ({ output }, { calls }, mirror) => {
      const plan = planNamed(mirror, name);
      await calls['plans.remove']({ planId: plan.id });
      output.say(`Removed the plan ${formatName(plan.name)}. The versions that it made stay where they are.`);
      output.json({ message_type: 'plan_removed', id: plan.id });
    }),
  );
  onPlan(
    command.command('pause').description('make no versions by itself for a while'),
    'pause Letters --for 3h',
  )
    .option('--for <time>', 'how long (1h)')
    .option('--until <time>', 'until then, such as "2026-12-24 18:00"')
    .action((name: string, flags: { for?: string; until?: string }) =>
      withPlans(run, async ({ output }, { calls }, mirror) => {
        const plan = planNamed(mirror, name);
        const untilMs = pauseEnd(flags);
        await calls['plans.pause']({ planId: plan.id, untilMs });
        output.say(`${formatName(plan.name)} pauses until ${momentText(untilMs)}.`);
        output.json({ message_type: 'plan_paused', id: plan.id, untilMs });
      }),
    );
  onPlan(command.command('resume').description('end the pause of a plan'), 'resume Letters').action(
    (name: string) =>
      withPlans(run, async ({ output }, { calls }, mirror) => {
        const plan = planNamed(mirror, name);
        await calls['plans.pause']({ planId: plan.id, untilMs: null });
        output.say(`${formatName(plan.name)} goes on.`);
        output.json({ message_type: 'plan_resumed', id: plan.id });
      }),
  );
}

function onPlan(command: Command, call?: string): Command {
  command.argument('<plan>', 'its name, or its id or the beginning of it');
  return call === undefined ? command : command.addHelpText('after', example(`tidemark plan ${call}`));
}

function withPlans(
  run: RunCommand,
  work: (session: CommandSession, profile: ProfileConnection, mirror: Mirror) => Promise<void>,
): Promise<void> {
  return run((session) =>
    withProfile(session, async (profile) => work(session, profile, await profile.calls['mirror.get']({}))),
  );
}

function planNamed({ plans }: Mirror, name: string): WirePlan {
  return findByName('plan', plans, asText(name));
}

function refuseUnsaved({ placeIds }: WireChoices): void {
  if (placeIds.length > 0) return;
  throw new TidemarkError('request.invalidInput', {
    what: 'a plan needs a place to save to',
    reason: 'name one with --place; "tidemark place add" makes one',
  });
}

async function put(
  { output }: CommandSession,
  { calls, isElsewhere }: ProfileConnection,
  id: string | null,
  choices: WireChoices,
): Promise<void> {
  const plan = await calls['plans.put']({ id, choices });
  output.json({ message_type: 'plan', ...plan });
  output.say(
    `${id === null ? 'Added' : 'Changed'} the plan ${formatName(plan.name)}, which protects ${formatCount(plan.folders.length, 'folder')}.`,
  );
  if (!isElsewhere) {
    output.say('Tidemark does not run now: start it with "tidemark serve", or save with "tidemark run".');
  }
}

/** @throws request.invalidInput */
function pauseEnd(flags: { readonly for?: string; readonly until?: string }): number {
  if (flags.until === undefined) {
    return Date.now() + (flags.for === undefined ? PAUSE_MS : parseSpan('--for', asText(flags.for)));
  }
  if (flags.for !== undefined) {
    throw new TidemarkError('request.invalidInput', {
      what: '--for and --until are given',
      reason: 'use one of them',
    });
  }
  return parseTimeText('--until', asText(flags.until)).sec * 1_000;
}
