import { Button, Modal, PasswordInput } from '@mantine/core';
import { reauthenticate } from '@trunkline/contract/access';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { DialogFooter } from '../../components/DialogFooter.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import {
  answerReauthentication,
  isReauthenticationAsked,
  subscribeReauthentication,
} from '../../lib/reauthentication.ts';
import { sessionQuery } from '../../lib/session.ts';
import { SignInError } from './SignInError.tsx';
import { useLockout } from './use-lockout.ts';

/** Asks for the password when an act needs it (ACC-2); the refused call then runs again by itself. */
export function ReauthenticationDialog() {
  const opened = useSyncExternalStore(subscribeReauthentication, isReauthenticationAsked);
  const email = useQueryClient().getQueryData(sessionQuery.queryKey)?.user?.email ?? '';
  const [password, setPassword] = useState('');
  const lockout = useLockout();
  const confirm = useOperationMutation(reauthenticate, {
    onSuccess: () => answerReauthentication(true),
    onError: (error) => {
      lockout.noteError(error);
      setPassword('');
    },
  });
  const { reset } = confirm;
  useEffect(() => {
    // The password is not kept in memory when the dialog goes, nor an old error when it comes again.
    setPassword('');
    reset();
  }, [opened, reset]);

  return (
    <Modal
      opened={opened}
      onClose={() => answerReauthentication(false)}
      title="Confirm that it is you"
      size={420}
      zIndex={1000}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          confirm.mutate({ password });
        }}
      >
        <Stack>
          <p>
            This act is sensitive. Enter your password to go on; you will not be asked again for five minutes.
          </p>
          <SignInError
            error={confirm.error}
            secondsLeft={lockout.secondsLeft}
            refusal="The password is not right"
          />
          {/* Password managers look for the account beside the password. */}
          <input
            className="visually-hidden"
            type="text"
            autoComplete="username"
            value={email}
            readOnly
            tabIndex={-1}
            aria-hidden
          />
          <PasswordInput
            label={email ? `Password of ${email}` : 'Password'}
            autoComplete="current-password"
            data-autofocus
            required
            withAsterisk={false}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
        </Stack>
        <DialogFooter>
          <Button variant="default" onClick={() => answerReauthentication(false)}>
            Cancel
          </Button>
          <BusyButton type="submit" busy={confirm.isPending} disabled={lockout.secondsLeft > 0}>
            Confirm
          </BusyButton>
        </DialogFooter>
      </form>
    </Modal>
  );
}
