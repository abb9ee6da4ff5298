import { Button, PasswordInput, Skeleton, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { acceptInvitation, getInvitation } from '@trunkline/contract/access';
import type { OutputOf } from '@trunkline/contract/operation';
import { useParams, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { FormError } from '../../components/FormError.tsx';
import { Notice } from '../../components/Notice.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { applyFormErrors } from '../../lib/form-errors.ts';
import { roleNames } from '../../lib/session.ts';
import type { Session } from '../../lib/session.ts';
import { useInitialFocus } from '../../lib/use-initial-focus.ts';
import { AuthLayout } from './AuthLayout.tsx';
import { enter } from './enter.ts';
import { SecondFactorStep } from './SecondFactorStep.tsx';
import type { SecondFactor } from './SecondFactorStep.tsx';
import { passwordHint, passwordProblem } from './password-rules.ts';

type Offer = OutputOf<typeof getInvitation>;

function AcceptForm({ token, offer }: { token: string; offer: Offer }) {
  const router = useRouter();
  const firstField = useInitialFocus();
  const [problem, setProblem] = useState<string | null>(null);
  const [factor, setFactor] = useState<SecondFactor | null>(null);
  const goOn = (session: Session) => enter(session, () => router.history.push('/'));
  const form = useForm({
    initialValues: { name: '', password: '' },
    validate: {
      name: (value) => (offer.hasAccount || value.trim() ? null : 'Enter your name'),
      password: (value) => (offer.hasAccount ? null : passwordProblem(value)),
    },
  });
  const accept = useOperationMutation(acceptInvitation, {
    onSuccess: ({ secondFactor, ...session }) => {
      if (secondFactor === null) goOn(session);
      else setFactor(secondFactor);
    },
    onError: (error) => setProblem(applyFormErrors(form, error)),
  });
  if (factor) {
    return (
      <SecondFactorStep
        factor={factor}
        onDone={goOn}
        onBack={() => void router.navigate({ to: '/sign-in' })}
      />
    );
  }
  return (
    <form
      onSubmit={form.onSubmit(({ name, password }) => {
        setProblem(null);
        accept.mutate(offer.hasAccount ? { token, password } : { token, name, password });
      })}
      noValidate
    >
      <Stack>
        <FormError message={problem} requestId={accept.error?.requestId ?? null} />
        <TextInput label="E-mail" value={offer.email} readOnly autoComplete="username" />
        {!offer.hasAccount && (
          <TextInput label="Your name" autoComplete="name" ref={firstField} {...form.getInputProps('name')} />
        )}
        <PasswordInput
          label="Password"
          description={offer.hasAccount ? 'The password of your account.' : passwordHint}
          autoComplete={offer.hasAccount ? 'current-password' : 'new-password'}
          {...form.getInputProps('password')}
        />
        <BusyButton type="submit" fullWidth busy={accept.isPending}>
          Join {offer.organizationName}
        </BusyButton>
      </Stack>
    </form>
  );
}

/** `/invite/$token`: a new person chooses a name and a password, a known one confirms. */
export function InvitationPage() {
  const { token } = useParams({ from: '/invite/$token' });
  const invitation = useOperation(getInvitation, { token });

  if (invitation.data) {
    const { organizationName, role } = invitation.data;
    return (
      <AuthLayout
        title={`Join ${organizationName}`}
        lead={`You are invited as ${roleNames[role].toLowerCase()}.`}
      >
        <AcceptForm token={token} offer={invitation.data} />
      </AuthLayout>
    );
  }
  if (invitation.error) {
    const isGone = invitation.error.code === 'not_found';
    return (
      <AuthLayout title="Invitation" lead="A link works once, for seven days.">
        <Stack>
          <Notice
            tone={isGone ? 'degraded' : 'error'}
            role="alert"
            title={isGone ? 'This link does not work any more' : invitation.error.detail}
          >
            {isGone ? 'It was used, withdrawn, or is too old. Ask for a new invitation.' : null}
          </Notice>
          <Button variant="default" component="a" href="/sign-in" fullWidth>
            Go to sign-in
          </Button>
        </Stack>
      </AuthLayout>
    );
  }
  return (
    <AuthLayout title="Invitation" lead="Reading the invitation…">
      <Stack>
        <Skeleton height={34} />
        <Skeleton height={34} />
        <Skeleton height={34} />
      </Stack>
    </AuthLayout>
  );
}
