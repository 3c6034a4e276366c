/** What else may stand on the page: the code for a camera, and who gets it. */
import { Checkbox, TextInput } from '@mantine/core';
import { useWords } from '../../text/use-words.ts';

const LONGEST_NAME = 60;

export interface KitOptionsProps {
  readonly isCodeInQr: boolean;
  readonly givenTo: string;
  readonly onCodeInQr: (isIn: boolean) => void;
  readonly onGivenTo: (name: string) => void;
}

export function KitOptions({ isCodeInQr, givenTo, onCodeInQr, onGivenTo }: KitOptionsProps) {
  const { kit } = useWords();
  return (
    <div className="options">
      <TextInput
        label={kit.givenTo}
        description={kit.givenToHint}
        value={givenTo}
        maxLength={LONGEST_NAME}
        onChange={({ currentTarget }) => onGivenTo(currentTarget.value)}
      />
      <Checkbox
        label={kit.codeInQr}
        description={kit.codeInQrHint}
        checked={isCodeInQr}
        onChange={({ currentTarget }) => onCodeInQr(currentTarget.checked)}
      />
    </div>
  );
}
