import { Button, Loader } from '@mantine/core';
import type { ProviderConnection, ProviderDetail } from '@trunkline/contract/catalog';
import { initiateOAuth } from '@trunkline/contract/oauth';
import type { OAuthAttempt } from '@trunkline/contract/oauth';
import type { OutputOf } from '@trunkline/contract/operation';
import { AppWindow, ExternalLink } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Mark } from '../../../components/Brand.tsx';
import { BusyButton } from '../../../components/BusyButton.tsx';
import { Notice } from '../../../components/Notice.tsx';
import { ProviderLogo } from '../../../components/ProviderLogo.tsx';
import { Stack } from '../../../components/Stack.tsx';
import { DialogStep, StepFooter } from '../../../components/StepDialog.tsx';
import type { StepProblem } from '../../../components/StepDialog.tsx';
import { toApiError } from '../../../lib/api-error.ts';
import type { ApiError } from '../../../lib/api-error.ts';
import { callOperation } from '../../../lib/api.ts';
import { useNow } from '../../../lib/clock.ts';
import { isFramed } from '../../../lib/frame.ts';
import { formatSeconds } from '../../../lib/format.ts';
import { attemptWords } from './attempt-words.ts';
import type { OutcomeWords } from './attempt-words.ts';
import { askedScopes } from './connect-words.ts';
import { openConsentWindow } from './consent-window.ts';
import type { ConsentWindow } from './consent-window.ts';
import { PermissionList } from './PermissionList.tsx';
import { useAttempt } from './use-attempt.ts';
import classes from './connect.module.css';

type Attempt = OutputOf<typeof initiateOAuth>;

type Phase =
  | { at: 'ask' }
  | { at: 'blocked' }
  | { at: 'waiting'; attempt: Attempt; opened: ConsentWindow | null }
  | { at: 'ended'; words: OutcomeWords };

export interface ConsentFlowProps {
  provider: ProviderDetail;
  connection: ProviderConnection;
  scopes: ReadonlySet<string>;
  /** Makes the integration unless there is one; its id. Throws ApiError. */
  prepare: () => Promise<string>;
  /** False: a field above is wrong, and says so. */
  isReady?: () => boolean;
  /** Errors of a refused call that belong to the fields above; what is left is shown here. */
  onRefused?: (error: ApiError) => string | null;
  /** Fields between the words and the permissions. */
  children?: ReactNode;
  /** To which account it was connected before. */
  account: string | null;
  host: string | null;
  /** Consent was given; whether it works is not known yet. */
  onAllowed: (attempt: OAuthAttempt) => void;
  onBack?: () => void;
  /** Takes back an integration that was only begun; null: there is none, or it was connected before. */
  remove: (() => Promise<void>) | null;
  onClose: () => void;
}

function Meeting({ provider }: { provider: ProviderDetail }) {
  return (
    <div className={classes.link} aria-hidden>
      <Mark size={48} />
      <span className={classes.dots} />
      <ProviderLogo slug={provider.slug} name={provider.name} size={48} />
    </div>
  );
}

interface WaitingProps {
  provider: ProviderDetail;
  attempt: Attempt;
  opened: ConsentWindow | null;
  onAgain: () => void;
  onEnded: ConsentFlowProps['onAllowed'];
  onOutcome: (words: OutcomeWords) => void;
  onCancel: () => void;
}

/** While the person is at the provider, in the other window. */
function Waiting({ provider, attempt, opened, onAgain, onEnded, onOutcome, onCancel }: WaitingProps) {
  const now = useNow();
  const { attempt: followed, error } = useAttempt(attempt.attemptId);
  const left = Math.ceil((Date.parse(attempt.expiresAt) - now) / 1000);
  const latest = useRef({ onEnded, onOutcome });
  useEffect(() => {
    latest.current = { onEnded, onOutcome };
  });
  const state = followed?.state;
  useEffect(() => {
    if (!followed || followed.state === 'waiting') return;
    if (followed.state === 'succeeded') {
      latest.current.onEnded(followed);
    } else {
      latest.current.onOutcome(attemptWords({ ...followed, state: followed.state }));
    }
    // The state is what ends it; the object is a new one with every answer.
  }, [state, followed]);

  const inReach = opened?.isInReach() ?? false;
  return (
    <DialogStep title={`Waiting for ${provider.name}`}>
      <div className={classes.waiting} role="status">
        <Meeting provider={provider} />
        <p className={classes.big}>Allow access in the other window</p>
        <p className={classes.text}>
          At <strong>{new URL(attempt.authorizationUrl).host}</strong>. This page goes on by itself.
        </p>
        <Loader aria-hidden />
      </div>
      <p className={classes.quiet}>
        {left > 0 ? `You have ${formatSeconds(left)}.` : 'The time is over.'} If you closed the window, open
        it again.
      </p>
      <StepFooter
        problem={error && { message: error.detail, requestId: error.requestId }}
        start={
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        }
      >
        <Button variant="default" onClick={onAgain}>
          Open it again
        </Button>
        {inReach && (
          <Button leftSection={<AppWindow aria-hidden />} onClick={() => opened?.focus()}>
            Go to the window
          </Button>
        )}
      </StepFooter>
    </DialogStep>
  );
}

const cancelledWords: OutcomeWords = {
  tone: 'degraded',
  title: 'Access has not been allowed yet',
  text: 'The integration waits to be connected. Try again, keep it for later, or remove it.',
};

/** Asks for consent at a provider: what will be asked, the other window, and what came of it (OAUTH-5, S17 17.8). */
export function ConsentFlow(props: ConsentFlowProps) {
  const { provider, connection, scopes, host, account, onClose } = props;
  const { name } = provider;
  const [phase, setPhase] = useState<Phase>({ at: 'ask' });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<StepProblem | null>(null);
  const opened = useRef<ConsentWindow | null>(null);
  useEffect(() => () => opened.current?.closeEmpty(), []);

  async function begin(go: (attempt: Attempt) => void): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      const integrationId = await props.prepare();
      go(await callOperation(initiateOAuth, { integrationId, scopes: askedScopes(connection, scopes) }));
    } catch (thrown) {
      opened.current?.closeEmpty();
      const error = toApiError(thrown);
      const message = props.onRefused ? props.onRefused(error) : error.detail;
      setProblem(message === null ? null : { message, requestId: error.requestId });
      setPhase({ at: 'ask' });
    } finally {
      setBusy(false);
    }
  }

  async function takeBack(remove: ConsentFlowProps['remove']): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      await remove?.();
      onClose();
    } catch (thrown) {
      const { detail, requestId } = toApiError(thrown);
      setProblem({ message: detail, requestId });
    } finally {
      setBusy(false);
    }
  }

  function openWindow(): void {
    if (props.isReady && !props.isReady()) return;
    const window = openConsentWindow();
    opened.current = window;
    if (!window) {
      setPhase({ at: 'blocked' });
      return;
    }
    void begin((attempt) => {
      window.goTo(attempt.authorizationUrl);
      setPhase({ at: 'waiting', attempt, opened: window });
    });
  }

  if (phase.at === 'waiting') {
    return (
      <Waiting
        key={phase.attempt.attemptId}
        provider={provider}
        attempt={phase.attempt}
        opened={phase.opened}
        onAgain={openWindow}
        onEnded={props.onAllowed}
        onOutcome={(words) => setPhase({ at: 'ended', words })}
        onCancel={() => (props.remove ? setPhase({ at: 'ended', words: cancelledWords }) : onClose())}
      />
    );
  }
  if (phase.at === 'ended') {
    return (
      <DialogStep key="ended" title="Not connected">
        <Notice tone={phase.words.tone} role="alert" title={phase.words.title}>
          {phase.words.text}
        </Notice>
        <StepFooter
          problem={problem}
          start={
            <Button variant="default" onClick={onClose}>
              {props.remove ? 'Keep for later' : 'Close'}
            </Button>
          }
        >
          {props.remove && (
            <BusyButton variant="default" busy={busy} onClick={() => void takeBack(props.remove)}>
              Remove
            </BusyButton>
          )}
          <Button data-autofocus onClick={() => setPhase({ at: 'ask' })}>
            Try again
          </Button>
        </StepFooter>
      </DialogStep>
    );
  }
  if (phase.at === 'blocked') {
    return (
      <DialogStep key="blocked" title="The browser blocked the window">
        <Stack gap={12}>
          <Notice tone="degraded" role="alert" title="Your browser did not let a window open">
            {isFramed
              ? 'Allow pop-ups for this site and try again.'
              : `Allow pop-ups for this site and try again. Or go to ${name} in this tab: afterwards you come back here.`}
          </Notice>
        </Stack>
        <StepFooter
          problem={problem}
          start={
            <Button variant="default" onClick={() => setPhase({ at: 'ask' })}>
              Back
            </Button>
          }
        >
          <Button variant="default" onClick={openWindow}>
            Try again
          </Button>
          {/* No provider lets itself be framed. */}
          {!isFramed && (
            <BusyButton
              busy={busy}
              data-autofocus
              onClick={() => void begin((attempt) => window.location.assign(attempt.authorizationUrl))}
            >
              Continue in this tab
            </BusyButton>
          )}
        </StepFooter>
      </DialogStep>
    );
  }
  return (
    <DialogStep key="ask" title={`Connect to ${name}`}>
      <Stack>
        <div className={classes.waiting}>
          <Meeting provider={provider} />
          <p className={classes.text}>
            You will be sent to <strong>{name}</strong> to allow access
            {host ? (
              <>
                , at <strong>{host}</strong>
              </>
            ) : null}
            .
          </p>
          {account && (
            <p className={classes.text}>
              It was connected to <strong>{account}</strong>. Choose the same account, or another one on
              purpose.
            </p>
          )}
        </div>
        {props.children}
        <section className={classes.section} aria-label="Permissions">
          <h3 className={classes.heading}>Permission will be asked to</h3>
          <PermissionList connection={connection} chosen={scopes} />
        </section>
        <p className={classes.quiet}>
          You sign in at {name}; your password never comes here. You can take access back there or here at any
          time.
        </p>
      </Stack>
      <StepFooter
        problem={problem}
        start={
          <Button variant="default" onClick={props.onBack ?? onClose}>
            {props.onBack ? 'Back' : 'Cancel'}
          </Button>
        }
      >
        <BusyButton busy={busy} leftSection={<ExternalLink aria-hidden />} onClick={openWindow}>
          Continue to {name}
        </BusyButton>
      </StepFooter>
    </DialogStep>
  );
}
