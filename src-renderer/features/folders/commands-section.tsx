/** Programs that run before and after a backup: for those who need them, folded away from all others. */
import { Button, Collapse, NumberInput, Select, Textarea, TextInput } from '@mantine/core';
import { ChevronDown, ChevronRight, Plus } from 'lucide-react';
import { useState } from 'react';
import type { PlanChoices } from '../../core-link/plan-choices.ts';
import { useWords } from '../../text/use-words.ts';
import type { EditorPartProps } from './editor-part.ts';

type Command = PlanChoices['commands']['before'][number];

const MINUTE_MS = 60_000;
const NEW_COMMAND: Command = { program: '', arguments: [], timeoutMs: 10 * MINUTE_MS, onFailure: 'stop' };

export function CommandsSection({ choices, onChange }: EditorPartProps) {
  const { folders: words } = useWords();
  const { commands } = choices;
  const [isOpen, setOpen] = useState(commands.before.length + commands.after.length > 0);
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <section className="section commands" aria-label={words.advanced}>
      <Button
        className="fold"
        variant="subtle"
        color="gray"
        aria-expanded={isOpen}
        leftSection={<Chevron size={15} strokeWidth={1.7} aria-hidden />}
        onClick={() => setOpen(!isOpen)}
      >
        {words.advanced}
      </Button>
      <Collapse expanded={isOpen}>
        <div className="card ticks">
          <p className="quiet">{words.advancedNote}</p>
          {(['before', 'after'] as const).map((when) => (
            <Commands
              key={when}
              title={words[when]}
              commands={commands[when]}
              onChange={(next) => onChange({ ...choices, commands: { ...commands, [when]: next } })}
            />
          ))}
        </div>
      </Collapse>
    </section>
  );
}

interface CommandsProps {
  readonly title: string;
  readonly commands: readonly Command[];
  readonly onChange: (commands: Command[]) => void;
}

function Commands({ title, commands, onChange }: CommandsProps) {
  const { folders: words } = useWords();
  return (
    <div className="lines" role="group" aria-label={title}>
      <div className="lines-head">
        <b>{title}</b>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<Plus size={15} strokeWidth={1.7} aria-hidden />}
          onClick={() => onChange([...commands, NEW_COMMAND])}
        >
          {words.addCommand}
        </Button>
      </div>
      {commands.map((command, at) => {
        const put = (next: Partial<Command>): void =>
          onChange(commands.map((each, other) => (other === at ? { ...each, ...next } : each)));
        return (
          <div className="command" key={at}>
            <TextInput
              label={words.program}
              description={words.programNote}
              spellCheck={false}
              // A program whose name is no text can only be kept as it is.
              disabled={typeof command.program !== 'string'}
              value={typeof command.program === 'string' ? command.program : ''}
              onChange={({ currentTarget }) => put({ program: currentTarget.value })}
            />
            <Textarea
              label={words.arguments}
              rows={3}
              spellCheck={false}
              disabled={command.arguments.some((each) => typeof each !== 'string')}
              value={command.arguments.filter((each) => typeof each === 'string').join('\n')}
              onChange={({ currentTarget }) =>
                put({ arguments: currentTarget.value === '' ? [] : currentTarget.value.split('\n') })
              }
            />
            <div className="line">
              <NumberInput
                label={words.timeout}
                min={1}
                max={24 * 60}
                allowDecimal={false}
                value={Math.round(command.timeoutMs / MINUTE_MS)}
                onChange={(minutes) => {
                  if (typeof minutes === 'number' && minutes >= 1) put({ timeoutMs: minutes * MINUTE_MS });
                }}
              />
              <Select
                label={words.onFailure}
                allowDeselect={false}
                data={[
                  { value: 'stop', label: words.onFailureStop },
                  { value: 'goOn', label: words.onFailureGoOn },
                ]}
                value={command.onFailure}
                onChange={(value) => put({ onFailure: value === 'goOn' ? 'goOn' : 'stop' })}
              />
              <Button variant="default" onClick={() => onChange(commands.filter((_, other) => other !== at))}>
                {words.removeLine}
              </Button>
            </div>
          </div>
        );
      })}
    </div>
  );
}
