import { Button, Modal, PasswordInput, Skeleton, TextInput } from '@mantine/core';
import { reauthenticate, startReauthentication } from '@trunkline/contract/access';
import type { InputOf, OutputOf } from '@trunkline/contract/operation';
import { useQueryClient } from '@tanstack/react-query';
import { Building2 } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { DialogFooter } from '../../components/DialogFooter.tsx';
import { Stack } from '../../components/Stack.tsx';
import { callOperation, useOperationMutation } from '../../lib/api.ts';
import { ApiError } from '../../lib/api-error.ts';
import { askPasskey } from '../../lib/passkey.ts';
import {
  answerReauthentication,
  isReauthenticationAsked,
  subscribeReauthentication,
} from '../../lib/reauthentication.ts';
import { sessionQuery } from '../../lib/session.ts';
import { PasskeyButton } from './PasskeyButton.tsx';
import { proveAtProvider, ssoFailure } from './sso.ts';
import { SignInError } from './SignInError.tsx';
import { useLockout } from './use-lockout.ts';

type Ways = OutputOf<typeof startReauthentication>;

/** What takes a password takes a code too: six digits are a code, as no password is that short. */
function proofOf(text: string, ways: Ways): InputOf<typeof reauthenticate> {
  const code = text.replaceAll(' ', '');
  return ways.totp && (!ways.password || /^\d{6}$/.test(code)) ? { code } : { password: text };
}

function Question({ ways }: { ways: Ways }) {
  const email = useQueryClient().getQueryData(sessionQuery.queryKey)?.user?.email ?? '';
  const [text, setText] = useState('');
  const [atProvider, setAtProvider] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const lockout = useLockout();
  const confirm = useOperationMutation(reauthenticate, {
    onSuccess: () => answerReauthentication(true),
    onError: (failure) => {
      lockout.noteError(failure);
      setError(failure);
      setText('');
    },
  });
  async function confirmAtProvider(): Promise<void> {
    setAtProvider(true);
    const failure = await proveAtProvider();
    setAtProvider(false);
    if (failure === null) answerReauthentication(true);
    else setError(new ApiError({ code: 'cancelled', detail: ssoFailure(failure) ?? '' }));
  }
  const byText = ways.password || ways.totp;
  const field = {
    'data-autofocus': true,
    required: true,
    withAsterisk: false,
    value: text,
    onChange: (event: { currentTarget: HTMLInputElement }) => setText(event.currentTarget.value),
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (text) confirm.mutate(proofOf(text, ways));
      }}
    >
      <Stack>
        <p>This act is sensitive. Once confirmed, you will not be asked again for five minutes.</p>
        <SignInError error={error} secondsLeft={lockout.secondsLeft} refusal="The password is not right" />
        {ways.passkey && (
          <PasskeyButton
            label="Use a passkey"
            onUse={async () => {
              // Asked anew each time: a question counts once, and not for long.
              const { passkey: question } = await callOperation(startReauthentication, {});
              if (!question) return;
              const passkey = await askPasskey(question.options);
              await confirm.mutateAsync({ token: question.token, passkey });
            }}
            onError={setError}
          />
        )}
        {ways.sso && (
          <BusyButton
            type="button"
            variant="default"
            fullWidth
            leftSection={<Building2 aria-hidden />}
            busy={atProvider}
            onClick={() => void confirmAtProvider()}
          >
            Confirm at your identity provider
          </BusyButton>
        )}
        {/* Password managers look for the account beside the password. */}
        {ways.password && (
          <input
            className="visually-hidden"
            type="text"
            autoComplete="username"
            value={email}
            readOnly
            tabIndex={-1}
            aria-hidden
          />
        )}
        {ways.password && (
          <PasswordInput
            label={email ? `Password of ${email}` : 'Password'}
            {...(ways.totp ? { description: 'Or a code of your authenticator app.' } : {})}
            autoComplete="current-password"
            {...field}
          />
        )}
        {!ways.password && ways.totp && (
          <TextInput
            label="Code of your authenticator app"
            autoComplete="one-time-code"
            inputMode="numeric"
            {...field}
          />
        )}
      </Stack>
      <DialogFooter>
        <Button variant="default" onClick={() => answerReauthentication(false)}>
          Cancel
        </Button>
        {byText && (
          <BusyButton type="submit" busy={confirm.isPending} disabled={lockout.secondsLeft > 0}>
            Confirm
          </BusyButton>
        )}
      </DialogFooter>
    </form>
  );
}

/** Asks for a proof of identity when an act needs it (ACC-2); the refused call then runs again by itself. */
export function ReauthenticationDialog() {
  const opened = useSyncExternalStore(subscribeReauthentication, isReauthenticationAsked);
  const start = useOperationMutation(startReauthentication);
  const { mutate, reset } = start;
  useEffect(() => {
    // What was typed is not kept in memory when the dialog goes, nor an old question when it comes again.
    reset();
    if (opened) mutate({});
  }, [opened, mutate, reset]);

  return (
    <Modal
      opened={opened}
      onClose={() => answerReauthentication(false)}
      title="Confirm that it is you"
      size={420}
      zIndex={1000}
    >
      {start.error ? (
        <SignInError error={start.error} secondsLeft={0} />
      ) : start.data ? (
        <Question ways={start.data} />
      ) : (
        <Skeleton height={120} aria-label="Loading" />
      )}
    </Modal>
  );
}
