import { Button, Modal, TextInput } from '@mantine/core';
import { getSession } from '@trunkline/contract/access';
import {
  finishPasskey,
  getAccount,
  listSessions,
  renamePasskey,
  startPasskey,
} from '@trunkline/contract/account';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { DialogFooter } from '../../components/DialogFooter.tsx';
import { FormError } from '../../components/FormError.tsx';
import { Stack } from '../../components/Stack.tsx';
import { callOperation, invalidateOperations } from '../../lib/api.ts';
import { toApiError } from '../../lib/api-error.ts';
import type { ApiError } from '../../lib/api-error.ts';
import { notifyDone } from '../../lib/notify.ts';
import { createPasskey } from '../../lib/passkey.ts';
import { queryClient } from '../../lib/query-client.ts';
import { RecoveryCodes } from './RecoveryCodes.tsx';

export interface PasskeyDialogProps {
  /** `new`, or the passkey that gets another name; null: closed. */
  subject: 'new' | { id: string; name: string } | null;
  onClose: () => void;
}

function NameForm({
  subject,
  onClose,
  onCodes,
}: {
  subject: NonNullable<PasskeyDialogProps['subject']>;
  onClose: () => void;
  onCodes: (codes: string[]) => void;
}) {
  const isNew = subject === 'new';
  const [name, setName] = useState(isNew ? '' : subject.name);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);

  async function save(): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      if (isNew) {
        const { token, options } = await callOperation(startPasskey, {});
        const passkey = await createPasskey(options);
        const { recoveryCodes } = await callOperation(finishPasskey, { token, name, passkey });
        notifyDone('Passkey added');
        if (recoveryCodes) onCodes(recoveryCodes);
        else onClose();
      } else {
        await callOperation(renamePasskey, { id: subject.id, name });
        onClose();
      }
      await invalidateOperations(queryClient, [getAccount, getSession, listSessions]);
    } catch (thrown) {
      setError(toApiError(thrown));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() && !busy) void save();
      }}
    >
      <Stack>
        {isNew && (
          <p>
            A passkey signs you in by finger, face or PIN, without a password. It stays on your device or in
            your password manager.
          </p>
        )}
        <TextInput
          label="Name"
          description="By which you know it again, e.g. Laptop."
          maxLength={100}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <FormError message={error?.detail ?? null} requestId={error?.requestId ?? null} />
      </Stack>
      <DialogFooter>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <BusyButton type="submit" busy={busy} disabled={!name.trim()}>
          {isNew ? 'Add passkey' : 'Rename'}
        </BusyButton>
      </DialogFooter>
    </form>
  );
}

/** Adds a passkey, or renames one. */
export function PasskeyDialog({ subject, onClose }: PasskeyDialogProps) {
  const [codes, setCodes] = useState<string[] | null>(null);
  const title = codes ? 'Recovery codes' : subject === 'new' ? 'Add a passkey' : 'Rename the passkey';
  return (
    <Modal
      opened={subject !== null}
      onClose={onClose}
      title={title}
      closeOnClickOutside={false}
      onExitTransitionEnd={() => setCodes(null)}
    >
      {codes ? (
        <>
          <RecoveryCodes codes={codes} />
          <DialogFooter>
            <Button onClick={onClose}>I have kept them</Button>
          </DialogFooter>
        </>
      ) : (
        subject && <NameForm subject={subject} onClose={onClose} onCodes={setCodes} />
      )}
    </Modal>
  );
}
