import { PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { changePassword, listSessions } from '@trunkline/contract/account';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { FormError } from '../../components/FormError.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { applyFormErrors } from '../../lib/form-errors.ts';
import { formatSeconds } from '../../lib/format.ts';
import { notifyDone } from '../../lib/notify.ts';
import { passwordHint, passwordProblem } from '../auth/password-rules.ts';
import { useLockout } from '../auth/use-lockout.ts';
import classes from './AccountPage.module.css';

/** Changes the password by the old one. */
export function PasswordCard({ email }: { email: string }) {
  const [problem, setProblem] = useState<string | null>(null);
  const lockout = useLockout();
  const form = useForm({
    initialValues: { currentPassword: '', newPassword: '' },
    validate: {
      currentPassword: (value) => (value ? null : 'Enter the password that you have now'),
      newPassword: passwordProblem,
    },
  });
  const change = useOperationMutation(changePassword, {
    invalidates: [listSessions],
    onSuccess: ({ ended }) => {
      form.reset();
      notifyDone(
        ended === 0
          ? 'Password changed'
          : `Password changed; ${ended} other session${ended === 1 ? '' : 's'} ended`,
      );
    },
    onError: (error) => {
      lockout.noteError(error);
      setProblem(applyFormErrors(form, error));
    },
  });
  const locked = lockout.secondsLeft > 0;
  return (
    <Card title="Password" description="All your other sessions end when you change it.">
      <form
        className={classes.form}
        noValidate
        onSubmit={form.onSubmit((values) => {
          setProblem(null);
          change.mutate(values);
        })}
      >
        <Stack>
          <FormError
            message={
              locked ? `Too many attempts. Try again in ${formatSeconds(lockout.secondsLeft)}.` : problem
            }
            requestId={change.error?.requestId ?? null}
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
            label="Password now"
            autoComplete="current-password"
            {...form.getInputProps('currentPassword')}
          />
          <PasswordInput
            label="New password"
            description={passwordHint}
            autoComplete="new-password"
            {...form.getInputProps('newPassword')}
          />
          <div>
            <BusyButton type="submit" busy={change.isPending} disabled={locked}>
              Change password
            </BusyButton>
          </div>
        </Stack>
      </form>
    </Card>
  );
}
