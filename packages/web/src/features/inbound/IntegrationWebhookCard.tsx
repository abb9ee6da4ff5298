import { Skeleton } from '@mantine/core';
import type { ProviderDetail } from '@trunkline/contract/catalog';
import { createInboundSource, listInboundSources } from '@trunkline/contract/inbound';
import type { InboundSource } from '@trunkline/contract/inbound';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { Plus } from 'lucide-react';
import { AppLink } from '../../components/AppLink.tsx';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { FormError } from '../../components/FormError.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { Fold } from '../integrations/connect/Fold.tsx';
import { SetupSteps } from '../integrations/connect/SetupSteps.tsx';
import { ButtonLink } from '../webhooks/ButtonLink.tsx';
import { AddressField } from './AddressField.tsx';
import { EventSwitches } from './EventSwitches.tsx';
import { RefusalNotice } from './RefusalNotice.tsx';
import { entrySteps } from './entry-steps.ts';
import { lockedReasons } from './reasons.ts';
import { keyOf } from './source-words.ts';
import classes from './inbound.module.css';

interface WebhookCardProps {
  integration: IntegrationDetail;
  provider: ProviderDetail;
}

function FirstUse({ integration, provider }: WebhookCardProps) {
  const create = useOperationMutation(createInboundSource, { invalidates: [listInboundSources] });
  return (
    <Stack gap={12}>
      <p className={classes.text}>
        {provider.name} can tell by webhooks what happens there. They get an address of their own, and become
        events here.
      </p>
      <FormError message={create.error?.detail ?? null} requestId={create.error?.requestId ?? null} />
      <div>
        <LockedAction permission="inbound.write" reason={lockedReasons.write}>
          <BusyButton
            variant="default"
            leftSection={<Plus aria-hidden />}
            busy={create.isPending}
            onClick={() =>
              create.mutate({
                provider: provider.slug,
                integrationId: integration.id,
                name: integration.name.slice(0, 100),
              })
            }
          >
            Create address
          </BusyButton>
        </LockedAction>
      </div>
    </Stack>
  );
}

function OwnSource({ source, provider }: { source: InboundSource; provider: ProviderDetail }) {
  return (
    <Stack gap={12}>
      {!source.enabled && (
        <Notice tone="disabled" title="It is switched off">
          The address answers 404 until it is switched on, on the page of the source.
        </Notice>
      )}
      <AddressField source={source} />
      {source.keyFrom === 'missing' && (
        <Notice
          tone="degraded"
          title={`The ${keyOf(source)} is not entered yet`}
          actions={
            <LockedAction permission="inbound.write" reason={lockedReasons.write}>
              <ButtonLink size="xs" variant="default" href={`/inbound/${source.id}`}>
                Enter the key
              </ButtonLink>
            </LockedAction>
          }
        >
          Until then everything is refused. {source.keyHelp}
        </Notice>
      )}
      <RefusalNotice source={source} />
      <section aria-label="Events of the webhook">
        <h3 className={classes.heading}>Events</h3>
        <EventSwitches source={source} />
      </section>
      <Fold title={`How to enter it at ${provider.name}`}>
        <SetupSteps steps={entrySteps(source, provider.inbound)} />
      </Fold>
      <p className={classes.text}>
        Last received <RelativeTime at={source.lastReceivedAt} empty="never" />
        {source.lastEventType && (
          <>
            , <span className="mono">{source.lastEventType}</span>
          </>
        )}
        . <AppLink href={`/inbound/${source.id}`}>Key, limits and what came in</AppLink>
      </p>
    </Stack>
  );
}

/** The integration's own inbound webhook, made on first use (CONN-5). Switches act at once. */
export function IntegrationWebhookCard({ integration, provider }: WebhookCardProps) {
  const sources = useOperation(listInboundSources, { integrationId: integration.id });
  const [source] = sources.data?.data ?? [];
  return (
    <Card
      title={provider.category.key === 'email' ? 'Webhook (bounces and complaints)' : 'Webhook'}
      description={`What ${provider.name} sends here. It acts at once.`}
    >
      {sources.error ? (
        <ErrorState error={sources.error} onRetry={() => void sources.refetch()} />
      ) : !sources.data ? (
        <Skeleton height={120} aria-busy />
      ) : source ? (
        <OwnSource source={source} provider={provider} />
      ) : (
        <FirstUse integration={integration} provider={provider} />
      )}
    </Card>
  );
}
