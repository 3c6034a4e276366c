/**
 * The `forget` calls. A dry run only reads, under a shared lock; the real one holds the repository alone. Copies of damaged files
 * go to the current folder, as those of the repairs do.
 */
import type { TidemarkError } from '#base/errors.ts';
import { keepCopy } from '#files/keep-copy.ts';
import { executeForget } from '#operations/forget/execute.ts';
import { executeForgetDamaged } from '#operations/forget/forget-damaged.ts';
import { prepareForget } from '#operations/forget/prepare.ts';
import type { ForgetPlan, ForgetRequest } from '#operations/forget/types.ts';
import { underLock } from '#operations/under-lock.ts';
import type { ForgetHandlers, ForgetInput, ForgetPlan as PlanForPeople } from '../calls/forget.ts';
import type { EngineCalls } from '../engine-calls.ts';
import { toStoreFilter } from './call-terms.ts';
import { withRepository } from './engine-session.ts';

export const forget: EngineCalls['forget'] = (access, input, handlers, context) =>
  withRepository(access, context, async (repository) => {
    const request = toRequest(input);
    if (input.dryRun) {
      const lock = { exclusive: false, noLock: access.noLock };
      const plan = await underLock(repository, lock, context.signal, (stop) =>
        prepareForget(repository, request, stop),
      );
      showPlan(plan, handlers);
      return { removed: 0, refused: 0, held: 0, keptUntilMs: null };
    }
    const { removed, refused, held, keptUntilMs } = await executeForget(
      repository,
      request,
      {
        onPlan: (plan) => showPlan(plan, handlers),
        onRemoved: (stored, done, total) => handlers.onRemoved(stored, done, total),
        onRefused: ({ stored, error }) => handlers.onRefused(stored, refusalReason(error)),
      },
      context.signal,
    );
    return {
      removed: removed.length,
      refused: refused.length,
      held: held.length,
      keptUntilMs: keptUntilMs ?? null,
    };
  });

export const forgetDamaged: EngineCalls['forgetDamaged'] = (access, input, context) =>
  withRepository(access, context, async (repository) => {
    const copiesIn = process.cwd();
    const parts = {
      repository,
      keepCopy: (name: string, bytes: Uint8Array) => keepCopy(copiesIn, name, bytes),
    };
    return { damaged: await executeForgetDamaged(parts, input, context.signal), copiesIn };
  });

function toRequest(input: ForgetInput): ForgetRequest {
  const { ids, filter, policy, groupBy, allowRemoveAll, unattended } = input;
  return {
    ids,
    filter: toStoreFilter(filter),
    policy,
    groupBy,
    allowRemoveAll,
    ...(unattended ? { unattended: {} } : {}),
  };
}

function showPlan(plan: ForgetPlan, handlers: ForgetHandlers): void {
  for (const { data } of plan.damaged) handlers.onDamaged(data.id, data.reason);
  handlers.onPlan(planForPeople(plan));
}

function planForPeople({ groups, remove }: ForgetPlan): PlanForPeople {
  return {
    groups: groups.map(({ key, keep, spared, remove: going }) => ({
      key,
      keep: keep.map(({ stored, reasons }) => ({ listed: stored, reasons })),
      // A command line knows of no plan seen before.
      spared: spared.flatMap(({ stored, reason }) =>
        reason === 'notInPlan' ? [] : [{ listed: stored, reason }],
      ),
      remove: going,
    })),
    remove,
  };
}

function refusalReason({ code, data }: TidemarkError): string {
  if (code === 'storage.accessDenied') return 'no permission to delete there';
  return 'reason' in data && typeof data.reason === 'string' ? data.reason : code;
}
