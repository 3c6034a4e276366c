/** What the calls of the core take and answer, as it comes over the wire. Types alone. */
import type { AppCalls } from '#contract/app/app-calls.ts';
import type { CallClient } from '#contract/calls/call-table.ts';

export type Calls = CallClient<AppCalls>;
export type WireInput<Name extends keyof AppCalls> = Parameters<Calls[Name]>[0];
export type WireOutput<Name extends keyof AppCalls> = Awaited<ReturnType<Calls[Name]>>;
