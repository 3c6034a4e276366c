/** The `diff` call, under a shared lock: a clean-up by somebody else would take folders away meanwhile. */
import { executeDiff } from '#operations/diff/execute.ts';
import { underLock } from '#operations/under-lock.ts';
import type { DiffCalls } from '../calls/diff.ts';
import { withPipeline } from './engine-session.ts';

export const diff: DiffCalls['diff'] = (access, input, handlers, context) =>
  withPipeline(access, context, (repository, pipeline) =>
    underLock(repository, { exclusive: false, noLock: access.noLock }, context.signal, (signal) =>
      executeDiff({ repository, pipeline }, input, handlers, signal),
    ),
  );
