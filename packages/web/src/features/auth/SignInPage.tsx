import { PasswordInput, TextInput } from '@mantine/core';
import { signIn } from '@trunkline/contract/access';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { SubmitEvent } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { useInitialFocus } from '../../lib/use-initial-focus.ts';
import { AuthLayout } from './AuthLayout.tsx';
import { enter } from './enter.ts';
import { SignInError } from './SignInError.tsx';
import { useLockout } from './use-lockout.ts';

/** `/sign-in?from=/path` */
export function SignInPage() {
  const router = useRouter();
  const { from } = useSearch({ from: '/sign-in' });
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const firstField = useInitialFocus();
  const lockout = useLockout();
  const attempt = useOperationMutation(signIn, {
    onSuccess: (session) => enter(session, () => router.history.push(from ?? '/')),
    onError: lockout.noteError,
  });

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    attempt.mutate({ email: email.trim(), password });
  }

  return (
    <AuthLayout title="Sign in" lead="Webhooks, deliveries and the API key of your organization.">
      <form onSubmit={submit}>
        <Stack>
          <SignInError error={attempt.error} secondsLeft={lockout.secondsLeft} />
          <TextInput
            label="E-mail"
            type="email"
            name="email"
            autoComplete="username"
            required
            withAsterisk={false}
            ref={firstField}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <PasswordInput
            label="Password"
            name="password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <BusyButton type="submit" fullWidth busy={attempt.isPending} disabled={lockout.secondsLeft > 0}>
            Sign in
          </BusyButton>
        </Stack>
      </form>
    </AuthLayout>
  );
}
