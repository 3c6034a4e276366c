import type { AppCalls } from '#contract/app/app-calls.ts';
import type { CallHandlers } from '#contract/calls/call-table.ts';
import { TidemarkError } from '#base/errors.ts';

const PENDING = ['space.get', 'kit.get', 'activity.export'] as const;

function notYet(name: string) {
  return (): never => {
    throw new TidemarkError('request.unknownCall', { name });
  };
}

export const pendingHandlers = Object.fromEntries(
  PENDING.map((name) => [name, notYet(name)]),
) as unknown as Pick<CallHandlers<AppCalls>, (typeof PENDING)[number]>;

export const pendingWorks = { export: notYet('export') };
