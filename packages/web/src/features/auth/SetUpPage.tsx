import { PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { setUp } from '@trunkline/contract/access';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { FormError } from '../../components/FormError.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { applyFormErrors } from '../../lib/form-errors.ts';
import { useInitialFocus } from '../../lib/use-initial-focus.ts';
import { AuthLayout } from './AuthLayout.tsx';
import { enter } from './enter.ts';
import { passwordHint, passwordProblem } from './password-rules.ts';

/** First visit: the organization and its first system administrator. */
export function SetUpPage() {
  const router = useRouter();
  const firstField = useInitialFocus();
  const [problem, setProblem] = useState<string | null>(null);
  const form = useForm({
    initialValues: { organizationName: '', name: '', email: '', password: '' },
    validate: {
      organizationName: (value) => (value.trim() ? null : 'Give the organization a name'),
      name: (value) => (value.trim() ? null : 'Enter your name'),
      email: (value) => (/^\S+@\S+\.\S+$/.test(value.trim()) ? null : 'Enter an e-mail address'),
      password: passwordProblem,
    },
  });
  const create = useOperationMutation(setUp, {
    onSuccess: (session) => enter(session, () => router.history.push('/')),
    onError: (error) => setProblem(applyFormErrors(form, error)),
  });

  return (
    <AuthLayout
      title="Set up Trunkline"
      lead="You become the first system administrator. You can invite others afterwards."
      foot="This page works once: until the first administrator exists."
    >
      <form
        onSubmit={form.onSubmit((values) => {
          setProblem(null);
          create.mutate({ ...values, email: values.email.trim() });
        })}
        noValidate
      >
        <Stack>
          <FormError message={problem} requestId={create.error?.requestId ?? null} />
          <TextInput
            label="Organization"
            description="Whose webhooks these are, e.g. your company."
            autoComplete="organization"
            ref={firstField}
            {...form.getInputProps('organizationName')}
          />
          <TextInput label="Your name" autoComplete="name" {...form.getInputProps('name')} />
          <TextInput label="E-mail" type="email" autoComplete="username" {...form.getInputProps('email')} />
          <PasswordInput
            label="Password"
            description={passwordHint}
            autoComplete="new-password"
            {...form.getInputProps('password')}
          />
          <BusyButton type="submit" fullWidth busy={create.isPending}>
            Create organization
          </BusyButton>
        </Stack>
      </form>
    </AuthLayout>
  );
}
