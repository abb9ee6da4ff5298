import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { getAccount, updateProfile } from '@trunkline/contract/account';
import { getSession, listMembers } from '@trunkline/contract/access';
import type { OutputOf } from '@trunkline/contract/operation';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { FormError } from '../../components/FormError.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { applyFormErrors } from '../../lib/form-errors.ts';
import { notifyDone } from '../../lib/notify.ts';
import classes from './AccountPage.module.css';

/** The person's name, and the address that they sign in with. */
export function ProfileCard({ account }: { account: OutputOf<typeof getAccount> }) {
  const [problem, setProblem] = useState<string | null>(null);
  const form = useForm({
    initialValues: { name: account.name },
    validate: { name: (value) => (value.trim() ? null : 'Enter your name') },
  });
  const save = useOperationMutation(updateProfile, {
    invalidates: [getAccount, getSession, listMembers],
    onSuccess: ({ name }) => {
      form.setInitialValues({ name });
      form.setValues({ name });
      notifyDone('Name saved');
    },
    onError: (error) => setProblem(applyFormErrors(form, error)),
  });
  return (
    <Card
      title="Profile"
      description="Your name stands beside what you do, for everybody who works with you."
    >
      <form
        className={classes.form}
        noValidate
        onSubmit={form.onSubmit(({ name }) => {
          setProblem(null);
          save.mutate({ name });
        })}
      >
        <Stack>
          <FormError message={problem} requestId={save.error?.requestId ?? null} />
          <TextInput label="Name" autoComplete="name" maxLength={120} {...form.getInputProps('name')} />
          <TextInput label="E-mail" value={account.email} readOnly description="You sign in with it." />
          <div>
            <BusyButton type="submit" busy={save.isPending} disabled={!form.isDirty()}>
              Save name
            </BusyButton>
          </div>
        </Stack>
      </form>
    </Card>
  );
}
