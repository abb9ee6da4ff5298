import { Skeleton } from '@mantine/core';
import { getApiKey } from '@trunkline/contract/api-keys';
import { getDlqItems } from '@trunkline/contract/dead-letters';
import { listEventTypes } from '@trunkline/contract/events';
import { listWebhooks } from '@trunkline/contract/webhooks';
import type { Webhook } from '@trunkline/contract/webhooks';
import { ArrowRight, Plus } from 'lucide-react';
import { AppLink } from '../../components/AppLink.tsx';
import { Card } from '../../components/Card.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { useOperation } from '../../lib/api.ts';
import { countOf } from '../../lib/format.ts';
import { KeyCard } from '../api-key/KeyCard.tsx';
import { ApiAccess } from '../webhooks/ApiAccess.tsx';
import { ButtonLink } from '../webhooks/ButtonLink.tsx';
import { EventChips } from '../webhooks/EventChips.tsx';
import { WebhookMenu } from '../webhooks/WebhookMenu.tsx';
import { WebhookToggle } from '../webhooks/WebhookToggle.tsx';
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

function Key() {
  const { data, error, refetch } = useOperation(getApiKey, {});
  if (data) {
    return <KeyCard apiKey={data} footer={<More href="/api-key">Limits, scoped keys and examples</More>} />;
  }
  return (
    <Card title="API key">
      {error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Skeleton height={96} />}
    </Card>
  );
}

function WebhookRow({ webhook }: { webhook: Webhook }) {
  return (
    <li>
      <span className={classes.words}>
        <AppLink className={classes.name} href={`/webhooks/${webhook.id}`}>
          {webhook.name}
        </AppLink>
        <span className={`mono ${classes.url}`} title={webhook.url}>
          {webhook.url}
        </span>
        <EventChips events={webhook.events} limit={2} />
      </span>
      <StatusBadge status={webhook.status} />
      <WebhookToggle webhook={webhook} />
      <WebhookMenu webhook={webhook} />
    </li>
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
            <WebhookRow key={webhook.id} webhook={webhook} />
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

/** The ways in and out for programs: address and key of the API, webhooks, events (S17 17.6, CRM AC 2 to 9). */
export function DeveloperTab() {
  return (
    <>
      <ApiAccess />
      <div className={classes.grid}>
        <div className={classes.key}>
          <Key />
        </div>
        <WebhooksCard />
      </div>
      <EventsCard />
    </>
  );
}
