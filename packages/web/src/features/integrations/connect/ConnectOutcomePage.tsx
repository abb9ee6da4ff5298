import { Button, Loader } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { getOAuthAttempt } from '@trunkline/contract/oauth';
import type { OAuthAttempt } from '@trunkline/contract/oauth';
import { useEffect, useState } from 'react';
import { ErrorState } from '../../../components/ErrorState.tsx';
import { Notice } from '../../../components/Notice.tsx';
import { Stack } from '../../../components/Stack.tsx';
import { useOperation } from '../../../lib/api.ts';
import { AuthLayout } from '../../auth/AuthLayout.tsx';
import { announceAttempt } from './attempt-channel.ts';
import { attemptWords } from './attempt-words.ts';
import classes from './connect.module.css';

/** How long the outcome can be read in the other window before it closes itself, ms. */
const readFor = 1200;

function Ended({
  attempt,
}: {
  attempt: OAuthAttempt & { state: Exclude<OAuthAttempt['state'], 'waiting'> };
}) {
  const words = attemptWords(attempt);
  // Another window goes on with it: this one was opened for consent only.
  const [isTaken, setTaken] = useState(false);
  useEffect(() => announceAttempt(attempt.id, () => setTaken(true)), [attempt.id]);
  useEffect(() => {
    if (!isTaken) return;
    const timer = setTimeout(() => window.close(), readFor);
    return () => clearTimeout(timer);
  }, [isTaken]);
  return (
    <Stack>
      <Notice tone={words.tone} role="status" title={words.title}>
        {words.text}
      </Notice>
      {attempt.missingScopes.length > 0 && (
        <Notice tone="degraded" title="Some permissions were not given">
          Without them it cannot: {attempt.missingScopes.map(({ means }) => means).join('; ')}.
        </Notice>
      )}
      {isTaken ? (
        <>
          <p className={classes.quiet}>This window closes by itself. Go on in the other one.</p>
          <Button variant="default" fullWidth onClick={() => window.close()}>
            Close this window
          </Button>
        </>
      ) : (
        <Button component="a" href={`/integrations/${attempt.integrationId}`} fullWidth>
          {attempt.state === 'succeeded' ? 'Open the integration' : 'Back to the integration'}
        </Button>
      )}
    </Stack>
  );
}

function Known({ attemptId }: { attemptId: string }) {
  const { data, error, refetch } = useOperation(getOAuthAttempt, { attemptId }, { staleTime: 0 });
  const title = data ? `Connect ${data.providerName}` : 'Connect';
  return (
    <AuthLayout title={title} lead={data ? 'What came of it.' : 'Reading what came of it…'}>
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!error && !data && <Loader aria-label="Loading" />}
      {data?.state === 'waiting' && (
        <Notice title="The provider has not answered yet">
          Go on in the window of {data.providerName}, or begin again.
        </Notice>
      )}
      {data && data.state !== 'waiting' && <Ended attempt={{ ...data, state: data.state }} />}
    </AuthLayout>
  );
}

/** `/connect/$attemptId`: where the browser lands after the provider, in the consent window or in the tab itself. */
export function ConnectOutcomePage() {
  const { attemptId } = useParams({ from: '/connect/$attemptId' });
  // The server sends here what belongs to no attempt of this browser.
  if (attemptId !== 'unknown') return <Known attemptId={attemptId} />;
  return (
    <AuthLayout title="Connect" lead="Nothing was connected.">
      <Stack>
        <Notice tone="degraded" role="alert" title="This answer cannot be used">
          It was used already, is too old, or belongs to another browser. Begin to connect again.
        </Notice>
        <Button component="a" href="/integrations" fullWidth>
          Go to the integrations
        </Button>
      </Stack>
    </AuthLayout>
  );
}
