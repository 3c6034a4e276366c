/** What each part of the editor of a plan is given. */
import type { PlanChoices } from '../../core-link/plan-choices.ts';

export interface EditorPartProps {
  readonly choices: PlanChoices;
  readonly onChange: (choices: PlanChoices) => void;
}
