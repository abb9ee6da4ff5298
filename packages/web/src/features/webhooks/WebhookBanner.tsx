import { Button } from '@mantine/core';
import type { Delivery } from '@trunkline/contract/deliveries';
import type { Webhook } from '@trunkline/contract/webhooks';
import { Pencil, Send } from 'lucide-react';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { formatNumber } from '../../lib/format.ts';
import { ButtonLink } from './ButtonLink.tsx';
import { failureWords } from './failure-words.ts';
import { lockedReasons } from './reasons.ts';
import classes from './WebhookBanner.module.css';

const fixLabels = { url: 'Check the URL', secret: 'Check the secret' };

export interface WebhookBannerProps {
  webhook: Webhook;
  /** The newest delivery that failed, if it is known. */
  lastFailure: Delivery | null;
  /** Time of the last success; null before the first. */
  lastSuccessAt: string | null;
  onTest: () => void;
}

function heldWords(count: number): string {
  if (count === 0) return '';
  return count === 1 ? ' 1 delivery is held.' : ` ${formatNumber(count)} deliveries are held.`;
}

/** What is wrong with a webhook, since when, the likely cause, and what helps. Nothing while all is well. */
export function WebhookBanner({ webhook, lastFailure, lastSuccessAt, onTest }: WebhookBannerProps) {
  const edit = `/webhooks/${webhook.id}/edit`;
  const failures = `/webhooks/${webhook.id}?status=failed`;

  if (webhook.status === 'disabled') {
    const gone = webhook.disabledReason === 'gone';
    return (
      <div className={classes.banner}>
        <Notice
          tone={gone ? 'error' : 'disabled'}
          title={gone ? 'Switched off: the endpoint answered 410 Gone' : 'Switched off'}
          actions={
            gone && (
              <LockedAction permission="webhook.write" reason={lockedReasons.write}>
                <ButtonLink href={edit} variant="default" size="xs" leftSection={<Pencil aria-hidden />}>
                  Check the URL
                </ButtonLink>
              </LockedAction>
            )
          }
        >
          {gone
            ? 'With 410 an endpoint says that it wants no more deliveries. Correct the URL, or delete the webhook.'
            : 'It gets no events. After switching it on, what it missed can be recovered.'}
          {heldWords(webhook.pending)}
        </Notice>
      </div>
    );
  }
  if (webhook.status !== 'failing') return null;

  const words = lastFailure?.error
    ? failureWords(lastFailure.error.code, lastFailure.responseStatus)
    : { what: 'does not take deliveries', cause: '', fix: 'receiver' as const };
  const since = (
    <>
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
    </>
  );
  return (
    <div className={classes.banner}>
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
                <ButtonLink href={edit} size="xs" leftSection={<Pencil aria-hidden />}>
                  {fixLabels[words.fix]}
                </ButtonLink>
              </LockedAction>
            )}
            <ButtonLink href={failures} variant="default" size="xs">
              Show failed deliveries
            </ButtonLink>
          </>
        }
      >
        {since}
      </Notice>
    </div>
  );
}
