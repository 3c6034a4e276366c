/** A button that rests while what it asked for goes on: it cannot be pressed, and keeps the focus, which `disabled` would lose. */
import { Button, type ButtonProps } from '@mantine/core';
import type { ReactNode } from 'react';

export interface RestingButtonProps extends ButtonProps {
  readonly isResting: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
  readonly 'aria-label'?: string;
}

export function RestingButton({ isResting, onClick, ...rest }: RestingButtonProps) {
  return (
    <Button
      {...rest}
      {...(isResting && { 'data-disabled': true, 'aria-disabled': true })}
      onClick={isResting ? undefined : onClick}
    />
  );
}
