import { Skeleton } from '@mantine/core';
import { getApiKey } from '@trunkline/contract/api-keys';
import { getDlqItems } from '@trunkline/contract/dead-letters';
import { listEventTypes } from '@trunkline/contract/events';
import { listWebhooks } from '@trunkline/contract/webhooks';
import { ArrowRight, Plus } from 'lucide-react';
import { AppLink } from '../../components/AppLink.tsx';
import { Card } from '../../components/Card.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Stack } from '../../components/Stack.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { useOperation } from '../../lib/api.ts';
import { countOf } from '../../lib/format.ts';
import { ApiAccess } from '../webhooks/ApiAccess.tsx';
import { ButtonLink } from '../webhooks/ButtonLink.tsx';
import { lockedReasons as webhookReasons } from '../webhooks/reasons.ts';
import classes from './DeveloperTab.module.css';

/** So many webhooks are named here; the page of the webhooks has all. */
const shownWebhooks = 5;

function More({ href, children }: { href: string; children: string }) {
  return (
    <AppLink className={classes.more} href={href}>
      {children} <ArrowRight size={14} aria-hidden />
    </AppLink>
  );
}

function KeyCard() {
  const { data, error, refetch } = useOperation(getApiKey, {});
  return (
    <Card
      title="API key"
      description="One key for the whole organization."
      footer={<More href="/api-key">Show, copy or regenerate the key</More>}
    >
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!error && !data && <Skeleton height={96} />}
      {data && (
        <Stack gap={12}>
          <KeyValueList
            items={[
              { label: 'Key', value: <span className="mono">{data.keyPreview}</span> },
              { label: 'Last used', value: <RelativeTime at={data.lastUsedAt} empty="Never used" /> },
              { label: 'Created', value: <RelativeTime at={data.createdAt} /> },
            ]}
          />
          <Notice tone="degraded">Keep this key secret. Never expose it in client-side code.</Notice>
        </Stack>
      )}
    </Card>
  );
}

function WebhooksCard() {
  const { data, error, refetch } = useOperation(listWebhooks, {});
  const dead = useOperation(getDlqItems, { limit: 1 });
  const webhooks = data?.data ?? [];
  return (
    <Card
      title="Webhooks"
      description="Receive real-time updates when events occur."
      actions={
        <LockedAction permission="webhook.write" reason={webhookReasons.write}>
          <ButtonLink href="/webhooks/new" variant="default" leftSection={<Plus aria-hidden />}>
            Add webhook endpoint
          </ButtonLink>
        </LockedAction>
      }
      footer={
        <>
          <More href="/webhooks">
            {webhooks.length > shownWebhooks ? `All ${webhooks.length} webhooks` : 'Manage webhooks'}
          </More>
          {dead.data && dead.data.total > 0 && (
            <More href="/dead-letters">{countOf(dead.data.total, 'dead letter', 'dead letters')}</More>
          )}
        </>
      }
    >
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!error && !data && <Skeleton height={96} />}
      {data && webhooks.length === 0 && (
        <p className={classes.quiet}>
          No webhooks yet. A webhook is an address of yours that gets a signed request for each event you
          pick.
        </p>
      )}
      {webhooks.length > 0 && (
        <ul className={classes.webhooks} aria-label="Webhooks">
          {webhooks.slice(0, shownWebhooks).map((webhook) => (
            <li key={webhook.id}>
              <span className={classes.words}>
                <AppLink className={classes.name} href={`/webhooks/${webhook.id}`}>
                  {webhook.name}
                </AppLink>
                <span className={`mono ${classes.url}`}>{webhook.url}</span>
              </span>
              <StatusBadge status={webhook.status} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function EventsCard() {
  const { data, error, refetch } = useOperation(listEventTypes, {}, { staleTime: 300_000 });
  const types = data?.data ?? [];
  return (
    <Card
      title="Available events"
      description="What a webhook can subscribe to."
      footer={<More href="/event-types">Schemas and examples of all events</More>}
    >
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!error && !data && <Skeleton height={96} />}
      {data && (
        <ul className={classes.events} aria-label="Event types">
          {types.map((type) => (
            <li key={type.name} className="mono">
              {type.name}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** The ways in and out for programs: address and key of the API, webhooks, events (S17 17.6). */
export function DeveloperTab() {
  return (
    <>
      <ApiAccess />
      <div className={classes.grid}>
        <KeyCard />
        <WebhooksCard />
      </div>
      <EventsCard />
    </>
  );
}
