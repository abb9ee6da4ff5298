import { getDeliveryHistory } from '@trunkline/contract/deliveries';
import { SearchX } from 'lucide-react';
import { Card } from '../../components/Card.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { Notice } from '../../components/Notice.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { useOperation } from '../../lib/api.ts';
import { ButtonLink } from './ButtonLink.tsx';
import { DeliveryHistory } from './DeliveryHistory.tsx';
import classes from './MissingWebhook.module.css';

/** A webhook that is not there: deleted, with what is left of its history, or never known. */
export function MissingWebhook({ webhookId }: { webhookId: string }) {
  const history = useOperation(getDeliveryHistory, { webhookId, limit: 1 });
  const back = { href: '/webhooks', label: 'Webhooks' };
  const actions = (
    <>
      <ButtonLink href="/webhooks">All webhooks</ButtonLink>
      <ButtonLink href="/audit?action=webhook.deleted" variant="default" size="xs">
        Who deleted it
      </ButtonLink>
    </>
  );
  if (history.isPending) return <PageHeader title="Webhook" back={back} />;
  // The history outlives the webhook, so a readable one means that it was deleted.
  if (history.data) {
    return (
      <>
        <PageHeader title="Deleted webhook" badge={<StatusBadge status="deleted" />} back={back} />
        <div className={classes.notice}>
          <Notice tone="disabled" title="This webhook was deleted" actions={actions}>
            It gets no more events. Its past deliveries stay below until their retention ends.
          </Notice>
        </div>
        {history.data.data.length > 0 && <DeliveryHistory webhookId={webhookId} webhook={null} />}
      </>
    );
  }
  return (
    <>
      <PageHeader title="Webhook not found" back={back} />
      <Card>
        <EmptyState
          icon={SearchX}
          title="There is no webhook at this address"
          actions={<ButtonLink href="/webhooks">All webhooks</ButtonLink>}
        >
          The link may be incomplete, or belong to another organization.
        </EmptyState>
      </Card>
    </>
  );
}
