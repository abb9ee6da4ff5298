import { Button, Skeleton } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { getDeliveryHistory } from '@trunkline/contract/deliveries';
import type { Delivery } from '@trunkline/contract/deliveries';
import { getWebhook } from '@trunkline/contract/webhooks';
import type { Webhook } from '@trunkline/contract/webhooks';
import { Pencil, Send, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { invalidateOperations, useOperation } from '../../lib/api.ts';
import { useRefresh } from '../../lib/use-refresh.ts';
import { ButtonLink } from './ButtonLink.tsx';
import { BulkProgress } from '../bulk-jobs/BulkProgress.tsx';
import { DeleteWebhookDialog } from './DeleteWebhookDialog.tsx';
import { DeliveryHistory } from './DeliveryHistory.tsx';
import { EventChips } from './EventChips.tsx';
import { MissingWebhook } from './MissingWebhook.tsx';
import { TestPanel } from './TestPanel.tsx';
import { PauseButton } from './PauseButton.tsx';
import { WebhookBanner } from './WebhookBanner.tsx';
import { WebhookStats } from './WebhookStats.tsx';
import { WebhookToggle } from './WebhookToggle.tsx';
import { flowWords } from './flow.ts';
import { lockedReasons } from './reasons.ts';
import { useWebhookReview } from './track-webhooks.ts';
import { usePause } from './use-pause.ts';
import { isHolding } from './webhook-state.ts';
import classes from './WebhookPage.module.css';

const back = { href: '/webhooks', label: 'Webhooks' };

/** The newest failed delivery and the time of the last success, for the banner and the numbers. */
function useLastOutcomes(webhook: Webhook): { lastFailure: Delivery | null; lastSuccessAt: string | null } {
  const enabled = webhook.failureCount > 0;
  const one = { webhookId: webhook.id, limit: 1 };
  const success = useOperation(getDeliveryHistory, { ...one, status: 'success' }, { enabled });
  const failed = useOperation(getDeliveryHistory, { ...one, status: 'failed' }, { enabled });
  const dead = useOperation(getDeliveryHistory, { ...one, status: 'dlq' }, { enabled });
  const failures = [...(failed.data?.data ?? []), ...(dead.data?.data ?? [])].filter((each) => each.error);
  const at = (delivery: Delivery) => delivery.lastAttemptAt ?? delivery.createdAt;
  const [lastFailure] = failures.toSorted((a, b) => at(b).localeCompare(at(a)));
  return {
    lastFailure: lastFailure ?? null,
    lastSuccessAt: success.data?.data[0]?.lastAttemptAt ?? null,
  };
}

function About({ webhook }: { webhook: Webhook }) {
  const flow = flowWords(webhook.flow);
  return (
    <div className={classes.about}>
      {webhook.description && <p>{webhook.description}</p>}
      <div className={classes.events}>
        <span className={classes.label}>Events</span>
        <EventChips events={webhook.events} limit={8} />
      </div>
      {webhook.retry && (
        <span>
          <span className={classes.label}>Retries</span> own policy
        </span>
      )}
      {flow && (
        <span>
          <span className={classes.label}>Delivery</span> {flow}
        </span>
      )}
    </div>
  );
}

function Loaded({ webhook }: { webhook: Webhook }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [tests, setTests] = useState(0);
  const [deleting, setDeleting] = useState(false);
  const test = useRef<HTMLDivElement>(null);
  const outcomes = useLastOutcomes(webhook);
  const pause = usePause(webhook);
  useWebhookReview('details', true);
  useRefresh(isHolding(webhook), [getWebhook, getDeliveryHistory]);

  function goToTest(): void {
    test.current?.scrollIntoView({ block: 'nearest' });
    test.current?.querySelector<HTMLElement>('input')?.focus({ preventScroll: true });
  }

  async function showTest(): Promise<void> {
    await invalidateOperations(client, [getDeliveryHistory]);
    setTests((count) => count + 1);
  }

  return (
    <>
      <PageHeader
        title={webhook.name}
        badge={<StatusBadge status={webhook.status} />}
        back={back}
        live
        subtitle={
          <span className={classes.url}>
            <span className="mono">{webhook.url}</span>
            <CopyButton label="Copy URL" value={webhook.url} />
          </span>
        }
        actions={
          <>
            <span className={classes.toggle}>
              <WebhookToggle webhook={webhook} withLabel />
            </span>
            <PauseButton webhook={webhook} onChange={pause} />
            <LockedAction permission="webhook.delete" reason={lockedReasons.delete}>
              <Button
                variant="default"
                leftSection={<Trash2 aria-hidden />}
                onClick={() => setDeleting(true)}
              >
                Delete
              </Button>
            </LockedAction>
            <LockedAction permission="webhook.write" reason={lockedReasons.write}>
              <ButtonLink
                href={`/webhooks/${webhook.id}/edit`}
                variant="default"
                leftSection={<Pencil aria-hidden />}
              >
                Edit
              </ButtonLink>
            </LockedAction>
            <LockedAction permission="webhook.test" reason={lockedReasons.test}>
              <Button leftSection={<Send aria-hidden />} onClick={goToTest}>
                Send test…
              </Button>
            </LockedAction>
          </>
        }
      />
      <WebhookBanner webhook={webhook} {...outcomes} onTest={goToTest} onResume={() => pause(false)} />
      <BulkProgress webhookId={webhook.id} />
      <About webhook={webhook} />
      <WebhookStats webhook={webhook} failingSince={outcomes.lastSuccessAt} />
      <Card title="Test webhook">
        <div ref={test}>
          <TestPanel webhook={webhook} onSent={() => void showTest()} />
        </div>
      </Card>
      <DeliveryHistory webhookId={webhook.id} webhook={webhook} onTest={goToTest} tests={tests} />
      <DeleteWebhookDialog
        webhook={webhook}
        opened={deleting}
        onClose={() => setDeleting(false)}
        onDeleted={() => void navigate({ to: '/webhooks' })}
      />
    </>
  );
}

/** One webhook: its state, a test, and the history of its deliveries (WH-4, WH-5, WH-7). */
export function WebhookPage() {
  const { webhookId } = useParams({ from: '/shell/webhooks/$webhookId' });
  const { data, error, refetch } = useOperation(getWebhook, { id: webhookId });
  if (error?.code === 'not_found') return <MissingWebhook webhookId={webhookId} />;
  if (data) return <Loaded key={webhookId} webhook={data} />;
  return (
    <>
      <PageHeader title="Webhook" back={back} live />
      {error ? (
        <Card>
          <ErrorState error={error} onRetry={() => void refetch()} />
        </Card>
      ) : (
        <div className={classes.skeleton} aria-busy>
          <Skeleton height={96} radius="lg" />
          <Skeleton height={120} radius="lg" />
          <Skeleton height={380} radius="lg" />
        </div>
      )}
    </>
  );
}
