/** Changes to plans that are not saved yet: they outlive a look at another page, and nothing else. */
import { create } from 'zustand';
import type { PlanChoices } from '../../core-link/plan-choices.ts';

interface Drafts {
  /** By id of the plan; a new one is `new`. */
  readonly drafts: Readonly<Record<string, PlanChoices>>;
}

export const useDrafts = create<Drafts>(() => ({ drafts: {} }));

export function putDraft(key: string, choices: PlanChoices): void {
  useDrafts.setState(({ drafts }) => ({ drafts: { ...drafts, [key]: choices } }));
}

export function dropDraft(key: string): void {
  useDrafts.setState(({ drafts: { [key]: _dropped, ...others } }) => ({ drafts: others }));
}
