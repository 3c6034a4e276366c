/** A few fields in a dialog, with one button that sends them and one that leaves everything as it is. */
import { Button, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import './section.css';

export interface FormDialogProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly sendLabel: string;
  readonly cancelLabel: string;
  readonly closeLabel: string;
  /** What is typed is enough to be sent. */
  readonly maySend: boolean;
  readonly isBusy: boolean;
  readonly onSend: () => void;
  readonly onClose: () => void;
}

export function FormDialog({
  title,
  children,
  sendLabel,
  cancelLabel,
  closeLabel,
  maySend,
  isBusy,
  onSend,
  onClose,
}: FormDialogProps) {
  return (
    <Modal opened onClose={onClose} title={title} size={520} closeButtonProps={{ 'aria-label': closeLabel }}>
      <form
        className="dialog-body"
        onSubmit={(event) => {
          event.preventDefault();
          if (maySend) onSend();
        }}
      >
        {children}
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            {cancelLabel}
          </Button>
          <Button type="submit" loading={isBusy} disabled={!maySend}>
            {sendLabel}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
