import { Button, PasswordInput, TextInput } from '@mantine/core';
import { signIn, signInWithPasskey, startPasskeySignIn } from '@trunkline/contract/access';
import { useRouter, useSearch } from '@tanstack/react-router';
import { Building2 } from 'lucide-react';
import { useState } from 'react';
import type { SubmitEvent } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { FormError } from '../../components/FormError.tsx';
import { Stack } from '../../components/Stack.tsx';
import { callOperation, useOperationMutation } from '../../lib/api.ts';
import type { ApiError } from '../../lib/api-error.ts';
import { askPasskey } from '../../lib/passkey.ts';
import type { Session } from '../../lib/session.ts';
import { useInitialFocus } from '../../lib/use-initial-focus.ts';
import { AuthLayout } from './AuthLayout.tsx';
import { enter } from './enter.ts';
import { PasskeyButton } from './PasskeyButton.tsx';
import { SecondFactorStep } from './SecondFactorStep.tsx';
import type { SecondFactor } from './SecondFactorStep.tsx';
import { SignInError } from './SignInError.tsx';
import { goToProvider, ssoFailure } from './sso.ts';
import { useLockout } from './use-lockout.ts';

/** `/sign-in?from=/path`; `sso` says why a sign-in through an identity provider ended. */
export function SignInPage() {
  const router = useRouter();
  const { from, sso } = useSearch({ from: '/sign-in' });
  const [bySso, setBySso] = useState(false);
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<ApiError | null>(null);
  const [factor, setFactor] = useState<SecondFactor | null>(null);
  const firstField = useInitialFocus();
  const lockout = useLockout();
  const goOn = (session: Session) => enter(session, () => router.history.push(from ?? '/'));
  const attempt = useOperationMutation(signIn, {
    onSuccess: ({ secondFactor, ...session }) => {
      setError(null);
      if (secondFactor === null) goOn(session);
      else setFactor(secondFactor);
    },
    onError: (failure) => {
      lockout.noteError(failure);
      setError(failure);
    },
  });

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    if (bySso) goToProvider(email.trim(), from);
    else attempt.mutate({ email: email.trim(), password });
  }

  if (factor) {
    return (
      <AuthLayout title="Second step" lead="Your password is right. Now show that it is you.">
        <SecondFactorStep
          factor={factor}
          onDone={goOn}
          onBack={() => {
            setPassword('');
            setFactor(null);
          }}
        />
      </AuthLayout>
    );
  }
  return (
    <AuthLayout title="Sign in" lead="Webhooks, deliveries and the API key of your organization.">
      <form onSubmit={submit}>
        <Stack>
          <FormError message={error ? null : ssoFailure(sso)} />
          <SignInError error={error} secondsLeft={lockout.secondsLeft} />
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
          {!bySso && (
            <PasswordInput
              label="Password"
              name="password"
              autoComplete="current-password"
              required
              withAsterisk={false}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
          )}
          <BusyButton type="submit" fullWidth busy={attempt.isPending} disabled={lockout.secondsLeft > 0}>
            {bySso ? 'Go on' : 'Sign in'}
          </BusyButton>
          <Button
            type="button"
            variant="default"
            fullWidth
            leftSection={<Building2 aria-hidden />}
            onClick={() => setBySso(!bySso)}
          >
            {bySso ? 'Use a password' : 'Single sign-on'}
          </Button>
          <PasskeyButton
            label="Use a passkey"
            onUse={async () => {
              setError(null);
              const { token, options } = await callOperation(startPasskeySignIn, {});
              const passkey = await askPasskey(options);
              goOn(await callOperation(signInWithPasskey, { token, passkey }));
            }}
            onError={setError}
          />
        </Stack>
      </form>
    </AuthLayout>
  );
}
