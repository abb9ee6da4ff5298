import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { Delivery } from '@trunkline/contract/deliveries';
import { probeWebhook } from '@trunkline/contract/webhooks';
import type { Webhook } from '@trunkline/contract/webhooks';
import { Pencil, Play, Send, Zap } from 'lucide-react';
import { useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { toApiError } from '../../lib/api-error.ts';
import { callOperation } from '../../lib/api.ts';
import { formatNumber } from '../../lib/format.ts';
import { useFocusKept } from '../../lib/keep-focus.ts';
import { notifyDone, notifyError } from '../../lib/notify.ts';
import { ButtonLink } from './ButtonLink.tsx';
import { CircuitTime } from './CircuitTime.tsx';
import { failureWords } from './failure-words.ts';
import type { FailureWords } from './failure-words.ts';
import { lockedReasons } from './reasons.ts';
import { putWebhook } from './webhook-cache.ts';
import {
  catchingUp,
  catchingUpWords,
  circuitWords,
  heldWords,
  pausedWords,
  sortsHeld,
} from './webhook-state.ts';
import classes from './WebhookBanner.module.css';

const fixLabels = { url: 'Check the URL', secret: 'Check the secret' };

export interface WebhookBannerProps {
  webhook: Webhook;
  /** The newest delivery that failed, if it is known. */
  lastFailure: Delivery | null;
  /** Time of the last success; null before the first. */
  lastSuccessAt: string | null;
  onTest: () => void;
  onResume: () => Promise<void>;
}

/** A named part of the page; the focus moves to the heading when it goes. */
function Banner({ children }: { children: ReactNode }) {
  const part = useRef<HTMLElement>(null);
  useFocusKept(part);
  return (
    <section ref={part} className={classes.banner} aria-label="State of this webhook">
      {children}
    </section>
  );
}

function EditLink({ webhook, children }: { webhook: Webhook; children: string }) {
  return (
    <LockedAction permission="webhook.write" reason={lockedReasons.write}>
      <ButtonLink
        href={`/webhooks/${webhook.id}/edit`}
        variant="default"
        size="xs"
        leftSection={<Pencil aria-hidden />}
      >
        {children}
      </ButtonLink>
    </LockedAction>
  );
}

function FailuresLink({ webhook }: { webhook: Webhook }) {
  return (
    <ButtonLink href={`/webhooks/${webhook.id}?status=failed`} variant="default" size="xs">
      Show failed deliveries
    </ButtonLink>
  );
}

/** How much is held for a webhook that is off, and since when. */
function Held({ webhook }: { webhook: Webhook }) {
  if (webhook.held === 0) return 'What comes is held until it is switched on.';
  return (
    <>
      {heldWords(webhook.held)}
      {webhook.oldestHeldAt !== null && (
        <>
          {' '}
          The oldest came <RelativeTime at={webhook.oldestHeldAt} />.
        </>
      )}
    </>
  );
}

function OffBanner({ webhook }: { webhook: Webhook }) {
  const held = <Held webhook={webhook} />;
  switch (webhook.disabledReason) {
    case 'gone':
      return (
        <Notice
          tone="error"
          title="Switched off: the endpoint answered 410 Gone"
          actions={<EditLink webhook={webhook}>Check the URL</EditLink>}
        >
          With 410 an endpoint says that it wants no more deliveries. Correct the URL, or delete the webhook.{' '}
          {held}
        </Notice>
      );
    case 'failing':
      return (
        <Notice
          tone="error"
          title="Switched off: it failed for days"
          actions={
            <>
              <EditLink webhook={webhook}>Check the URL</EditLink>
              <FailuresLink webhook={webhook} />
            </>
          }
        >
          {webhook.failingSince === null ? (
            'Every attempt failed for days'
          ) : (
            <>
              The first failure was <RelativeTime at={webhook.failingSince} />, and nothing has arrived since
            </>
          )}
          , so nothing is sent to it. Repair the endpoint and send a test; then switch it on. {held}
        </Notice>
      );
    case 'person':
    case null:
      return (
        <Notice tone="disabled" title="Switched off">
          Nothing is sent to it. {held}
        </Notice>
      );
  }
}

/** Nothing for a person to do: it goes on by itself. */
function SortingBanner({ webhook }: { webhook: Webhook }) {
  return (
    <Notice tone="syncing" title="Putting what was held in order">
      {heldWords(webhook.held)} Everything goes out in the order of its subjects as soon as all of it is
      queued.
    </Notice>
  );
}

function PausedBanner({ webhook, onResume }: Pick<WebhookBannerProps, 'webhook' | 'onResume'>) {
  const [busy, setBusy] = useState(false);
  async function resume(): Promise<void> {
    setBusy(true);
    await onResume();
    setBusy(false);
  }
  return (
    <Notice
      tone="degraded"
      title="Paused"
      actions={
        <LockedAction permission="webhook.write" reason={lockedReasons.write}>
          <BusyButton size="xs" leftSection={<Play aria-hidden />} busy={busy} onClick={() => void resume()}>
            Resume
          </BusyButton>
        </LockedAction>
      }
    >
      {pausedWords(webhook.held)}
    </Notice>
  );
}

function CircuitBanner({
  webhook,
  circuit,
  words,
}: {
  webhook: Webhook;
  circuit: NonNullable<Webhook['circuit']>;
  words: FailureWords | null;
}) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  async function tryNow(): Promise<void> {
    setBusy(true);
    try {
      const tried = await callOperation(probeWebhook, { id: webhook.id });
      putWebhook(client, tried);
      if (tried.circuit === null) notifyDone('The endpoint answers again', webhook.name);
      else notifyDone('A delivery is sent as a probe', 'What comes of it shows here.');
    } catch (thrown) {
      notifyError(toApiError(thrown));
    } finally {
      setBusy(false);
    }
  }
  return (
    <Notice
      tone="error"
      title={`The endpoint ${words?.what ?? 'is not answering'}`}
      actions={
        <>
          <LockedAction permission="webhook.test" reason={lockedReasons.test}>
            <BusyButton size="xs" leftSection={<Zap aria-hidden />} busy={busy} onClick={() => void tryNow()}>
              Try now
            </BusyButton>
          </LockedAction>
          {words && words.fix !== 'receiver' && <EditLink webhook={webhook}>{fixLabels[words.fix]}</EditLink>}
          <FailuresLink webhook={webhook} />
        </>
      }
    >
      {circuitWords(webhook.held)}; <CircuitTime at={circuit.nextProbeAt} />. One delivery is sent as a probe;
      when it arrives, all go out. {words?.cause}
    </Notice>
  );
}

function FailingBanner({
  webhook,
  words,
  lastSuccessAt,
  onTest,
}: Pick<WebhookBannerProps, 'webhook' | 'lastSuccessAt' | 'onTest'> & { words: FailureWords }) {
  return (
    <Notice
      tone="error"
      title={`The endpoint ${words.what}`}
      actions={
        <>
          {words.fix === 'receiver' ? (
            <LockedAction permission="webhook.test" reason={lockedReasons.test}>
              <Button size="xs" leftSection={<Send aria-hidden />} onClick={onTest}>
                Test it again
              </Button>
            </LockedAction>
          ) : (
            <LockedAction permission="webhook.write" reason={lockedReasons.write}>
              <ButtonLink
                href={`/webhooks/${webhook.id}/edit`}
                size="xs"
                leftSection={<Pencil aria-hidden />}
              >
                {fixLabels[words.fix]}
              </ButtonLink>
            </LockedAction>
          )}
          <FailuresLink webhook={webhook} />
        </>
      }
    >
      {formatNumber(webhook.failureCount)} attempts in a row failed
      {lastSuccessAt === null ? (
        '; none has succeeded so far. '
      ) : (
        <>
          ; the last success was <RelativeTime at={lastSuccessAt} />.{' '}
        </>
      )}
      {words.cause}
      {webhook.pending > 0 &&
        ` ${formatNumber(webhook.pending)} ${webhook.pending === 1 ? 'delivery waits' : 'deliveries wait'} for a retry.`}
    </Notice>
  );
}

/** What a screen reader hears when the state changes: no numbers, which would be read out again and again. */
function spoken(webhook: Webhook): string {
  if (webhook.status === 'disabled') return 'This webhook is switched off';
  if (sortsHeld(webhook)) return 'Putting what was held in order';
  if (webhook.status === 'paused') return 'Paused: deliveries are held';
  if (webhook.circuit) return 'The endpoint is not answering: deliveries are held';
  if (catchingUp(webhook) !== null) return 'Catching up';
  return '';
}

function Shown(props: WebhookBannerProps) {
  const { webhook, lastFailure } = props;
  const words = lastFailure?.error ? failureWords(lastFailure.error.code, lastFailure.responseStatus) : null;
  const behind = catchingUp(webhook);
  if (webhook.status === 'disabled') {
    return (
      <Banner key="off">
        <OffBanner webhook={webhook} />
      </Banner>
    );
  }
  if (sortsHeld(webhook)) {
    return (
      <Banner key="sorting">
        <SortingBanner webhook={webhook} />
      </Banner>
    );
  }
  if (webhook.status === 'paused') {
    return (
      <Banner key="paused">
        <PausedBanner webhook={webhook} onResume={props.onResume} />
      </Banner>
    );
  }
  if (webhook.circuit) {
    return (
      <Banner key="circuit">
        <CircuitBanner webhook={webhook} circuit={webhook.circuit} words={words} />
      </Banner>
    );
  }
  if (webhook.status === 'failing') {
    return (
      <Banner key="failing">
        <FailingBanner
          {...props}
          words={words ?? { what: 'does not take deliveries', cause: '', fix: 'receiver' }}
        />
      </Banner>
    );
  }
  if (behind === null) return null;
  return (
    <Banner key="behind">
      <Notice tone="syncing" title={catchingUpWords(behind)}>
        Deliveries that were held go out now, at the pace that the endpoint takes
        {webhook.flow.catchUpPerSecond === null
          ? ''
          : ` and at most ${formatNumber(webhook.flow.catchUpPerSecond)} a second`}
        .
      </Notice>
    </Banner>
  );
}

/** What is wrong with a webhook, since when, the likely cause, and what helps. Nothing while all is well. */
export function WebhookBanner(props: WebhookBannerProps) {
  return (
    <>
      <span className="visually-hidden" role="status">
        {spoken(props.webhook)}
      </span>
      <Shown {...props} />
    </>
  );
}
