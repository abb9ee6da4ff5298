import { Anchor, TextInput } from '@mantine/core';
import { finishSignIn } from '@trunkline/contract/access';
import type { signIn } from '@trunkline/contract/access';
import type { OutputOf } from '@trunkline/contract/operation';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import type { ApiError } from '../../lib/api-error.ts';
import { askPasskey } from '../../lib/passkey.ts';
import type { Session } from '../../lib/session.ts';
import { useInitialFocus } from '../../lib/use-initial-focus.ts';
import { PasskeyButton } from './PasskeyButton.tsx';
import { SignInError } from './SignInError.tsx';
import { useLockout } from './use-lockout.ts';

export type SecondFactor = NonNullable<OutputOf<typeof signIn>['secondFactor']>;

export interface SecondFactorStepProps {
  factor: SecondFactor;
  onDone: (session: Session) => void;
  /** Back to the password. */
  onBack: () => void;
}

/** The second step of a sign-in: a code of the app, a recovery code, or a passkey. */
export function SecondFactorStep({ factor, onDone, onBack }: SecondFactorStepProps) {
  const { token, methods, passkey } = factor;
  const [recovering, setRecovering] = useState(false);
  const [code, setCode] = useState('');
  const [error, setError] = useState<ApiError | null>(null);
  const firstField = useInitialFocus();
  const lockout = useLockout();
  const finish = useOperationMutation(finishSignIn, {
    onSuccess: onDone,
    onError: (failure) => {
      lockout.noteError(failure);
      setError(failure);
      setCode('');
    },
  });
  const byCode = recovering || methods.includes('totp');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (code.trim()) finish.mutate({ token, proof: { code } });
      }}
    >
      <Stack>
        <SignInError error={error} secondsLeft={lockout.secondsLeft} />
        {passkey && !recovering && (
          <PasskeyButton
            label="Use a passkey"
            onUse={async () => {
              await finish.mutateAsync({ token, proof: { passkey: await askPasskey(passkey) } });
            }}
            onError={setError}
          />
        )}
        {byCode && (
          <>
            <TextInput
              key={recovering ? 'recovery' : 'code'}
              label={recovering ? 'Recovery code' : 'Code'}
              description={
                recovering
                  ? 'One of the codes that you kept, such as K7QM-2RXB-94TD-HWPN.'
                  : 'Six digits, from your authenticator app.'
              }
              autoComplete="one-time-code"
              inputMode={recovering ? 'text' : 'numeric'}
              spellCheck={false}
              ref={firstField}
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
            />
            <BusyButton type="submit" fullWidth busy={finish.isPending} disabled={lockout.secondsLeft > 0}>
              Sign in
            </BusyButton>
          </>
        )}
        <div>
          {methods.includes('recovery_code') && (
            <Anchor
              component="button"
              type="button"
              size="sm"
              onClick={() => {
                setRecovering(!recovering);
                setCode('');
                setError(null);
              }}
            >
              {recovering ? 'Use another way' : 'Use a recovery code'}
            </Anchor>
          )}
          {' · '}
          <Anchor component="button" type="button" size="sm" onClick={onBack}>
            Back to the password
          </Anchor>
        </div>
      </Stack>
    </form>
  );
}
