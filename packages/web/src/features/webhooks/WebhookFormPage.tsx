import { Skeleton } from '@mantine/core';
import { useParams, useSearch } from '@tanstack/react-router';
import { getRetryConfig } from '@trunkline/contract/retry';
import { getWebhook } from '@trunkline/contract/webhooks';
import { Lock } from 'lucide-react';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Stack } from '../../components/Stack.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { useOperation } from '../../lib/api.ts';
import { useCan } from '../../lib/session.ts';
import { ButtonLink } from './ButtonLink.tsx';
import { CreatedPanel } from './CreatedPanel.tsx';
import { MissingWebhook } from './MissingWebhook.tsx';
import { SecretCard } from './SecretCard.tsx';
import { WebhookForm } from './WebhookForm.tsx';
import type { Created } from './WebhookForm.tsx';
import { lockedReasons } from './reasons.ts';
import classes from './WebhookFormPage.module.css';

function FormSkeleton() {
  return (
    <Card>
      <Stack>
        <Skeleton height={34} />
        <Skeleton height={34} />
        <Skeleton height={300} />
      </Stack>
    </Card>
  );
}

function NewWebhook() {
  const draft = useSearch({ from: '/shell/webhooks/new' });
  const organization = useOperation(getRetryConfig, {});
  const [created, setCreated] = useState<Created | null>(null);
  if (created) {
    return <CreatedPanel webhook={created.webhook} secret={created.secret} autoTest={created.test} />;
  }
  return (
    <>
      <PageHeader
        title="Add webhook"
        back={{ href: '/webhooks', label: 'Webhooks' }}
        subtitle="It gets a signed request for each event that you pick."
      />
      {organization.isPending ? (
        <FormSkeleton />
      ) : (
        <WebhookForm
          webhook={null}
          organizationRetry={organization.data}
          draft={draft}
          onCreated={setCreated}
        />
      )}
    </>
  );
}

function EditWebhook({ id }: { id: string }) {
  const { data: webhook, error, refetch } = useOperation(getWebhook, { id });
  const organization = useOperation(getRetryConfig, {});
  if (error?.code === 'not_found') return <MissingWebhook webhookId={id} />;
  const ready = webhook && !organization.isPending;
  return (
    <>
      <PageHeader
        title={webhook ? `Edit ${webhook.name}` : 'Edit webhook'}
        badge={webhook && <StatusBadge status={webhook.status} />}
        back={{ href: `/webhooks/${id}`, label: webhook?.name ?? 'Webhook' }}
      />
      {error && !webhook && (
        <Card>
          <ErrorState error={error} onRetry={() => void refetch()} />
        </Card>
      )}
      {!error && !ready && <FormSkeleton />}
      {ready && (
        <>
          <WebhookForm
            key={webhook.id}
            webhook={webhook}
            organizationRetry={organization.data}
            onCreated={() => {}}
          />
          <div className={classes.secret}>
            <SecretCard webhook={webhook} />
          </div>
        </>
      )}
    </>
  );
}

/** A new webhook, or an existing one, to fill in (WH-1, WH-2). */
export function WebhookFormPage() {
  const { webhookId } = useParams({ strict: false });
  const may = useCan('webhook.write');
  if (!may) {
    return (
      <>
        <PageHeader
          title={webhookId ? 'Edit webhook' : 'Add webhook'}
          back={{ href: '/webhooks', label: 'Webhooks' }}
        />
        <Card>
          <EmptyState
            icon={Lock}
            title="Your role does not change webhooks"
            actions={
              <ButtonLink href="/webhooks" variant="default">
                Back to the webhooks
              </ButtonLink>
            }
          >
            {lockedReasons.write}
          </EmptyState>
        </Card>
      </>
    );
  }
  return webhookId ? <EditWebhook key={webhookId} id={webhookId} /> : <NewWebhook />;
}
