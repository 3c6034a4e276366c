/** A field whose content is hidden until the person wants to see it. */
import { PasswordInput, type PasswordInputProps } from '@mantine/core';
import { useWords } from '../text/use-words.ts';

export function SecretInput(props: PasswordInputProps) {
  const { frame } = useWords();
  return <PasswordInput {...props} visibilityToggleButtonProps={{ 'aria-label': frame.showTyped }} />;
}
