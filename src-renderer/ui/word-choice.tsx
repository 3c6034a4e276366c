/**
 * Words of a sentence that can be changed where they stand: one of several, or a number. Plain controls of the page that
 * look like the text around them, so that keyboards and screen readers know them.
 */
import { ChevronDown } from 'lucide-react';
import { useEffect, useState } from 'react';
import './word-choice.css';

export interface WordChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
}

export function WordChoice<Value extends string>({
  label,
  value,
  options,
  onChange,
}: WordChoiceProps<Value>) {
  return (
    <span className="word-choice">
      <select
        aria-label={label}
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value as Value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown size={13} strokeWidth={2} aria-hidden />
    </span>
  );
}

export interface WordNumberProps {
  readonly label: string;
  readonly value: number;
  readonly least?: number;
  readonly most?: number;
  readonly onChange: (value: number) => void;
}

/** What is typed counts once it is a number within the bounds; leaving the field shows what counts. */
export function WordNumber({ label, value, least = 1, most = 9_999, onChange }: WordNumberProps) {
  const [typed, setTyped] = useState(String(value));
  useEffect(() => setTyped(String(value)), [value]);
  return (
    <input
      className="word-number"
      type="number"
      aria-label={label}
      min={least}
      max={most}
      value={typed}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        const next = currentTarget.valueAsNumber;
        if (Number.isInteger(next) && next >= least && next <= most) onChange(next);
      }}
      onBlur={() => setTyped(String(value))}
    />
  );
}

export interface WordTimeProps {
  readonly label: string;
  readonly minuteOfDay: number;
  readonly onChange: (minuteOfDay: number) => void;
}

export function WordTime({ label, minuteOfDay, onChange }: WordTimeProps) {
  const two = (value: number): string => String(value).padStart(2, '0');
  return (
    <input
      className="word-number time"
      type="time"
      aria-label={label}
      value={`${two(Math.floor(minuteOfDay / 60) % 24)}:${two(minuteOfDay % 60)}`}
      onChange={({ currentTarget }) => {
        const [hours = Number.NaN, minutes = Number.NaN] = currentTarget.value.split(':').map(Number);
        if (Number.isInteger(hours) && Number.isInteger(minutes)) onChange(hours * 60 + minutes);
      }}
    />
  );
}
