import { Button, Modal, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import type { ApiError } from '../lib/api-error.ts';
import { toApiError } from '../lib/api-error.ts';
import { BusyButton } from './BusyButton.tsx';
import { DialogFooter } from './DialogFooter.tsx';
import { FormError } from './FormError.tsx';
import { Stack } from './Stack.tsx';

export interface ConfirmDialogProps {
  opened: boolean;
  onClose: () => void;
  /** A question with its object: `Delete “Billing”?` */
  title: string;
  /** The verb: `Delete webhook`. */
  confirmLabel: string;
  /** The way out, where `Cancel` would be ambiguous. */
  cancelLabel?: string;
  danger?: boolean;
  /** The word that must be typed before the button works. */
  typed?: string;
  /** Runs the act. The dialog shows progress, stays open with the error, closes on success. */
  onConfirm: () => Promise<unknown>;
  /** What happens, what stays, whether it can be undone. May hold form controls. */
  children: ReactNode;
}

/** Asks before an act that cannot simply be undone. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { opened, onClose, title, confirmLabel, cancelLabel = 'Cancel', danger, typed, onConfirm } = props;
  const { children } = props;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const [text, setText] = useState('');
  useEffect(() => {
    if (!opened) return;
    setError(null);
    setText('');
  }, [opened]);

  async function confirm(): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      onClose();
    } catch (thrown) {
      setError(toApiError(thrown));
    } finally {
      setBusy(false);
    }
  }

  const ready = typed === undefined || text.trim() === typed;
  return (
    <Modal opened={opened} onClose={busy ? () => {} : onClose} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !busy) void confirm();
        }}
      >
        <Stack gap={12}>
          <div>{children}</div>
          {typed !== undefined && (
            <TextInput
              label={`Type ${typed} to confirm`}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              autoComplete="off"
              spellCheck={false}
            />
          )}
          <FormError message={error ? error.detail : null} requestId={error?.requestId ?? null} />
        </Stack>
        <DialogFooter>
          <Button
            variant="default"
            onClick={onClose}
            disabled={busy}
            {...(danger ? { 'data-autofocus': true } : {})}
          >
            {cancelLabel}
          </Button>
          <BusyButton type="submit" variant={danger ? 'danger' : 'filled'} busy={busy} disabled={!ready}>
            {confirmLabel}
          </BusyButton>
        </DialogFooter>
      </form>
    </Modal>
  );
}
