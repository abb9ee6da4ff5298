import { listAudit } from '@trunkline/contract/audit';
import { SearchX } from 'lucide-react';
import { Card } from '../../components/Card.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { Notice } from '../../components/Notice.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { useOperation } from '../../lib/api.ts';
import { useCan } from '../../lib/session.ts';
import { ButtonLink } from '../webhooks/ButtonLink.tsx';
import { ActivityTab } from './ActivityTab.tsx';
import classes from './IntegrationPage.module.css';

/** An integration that is not there: disconnected, with what is left of its history, or never known. */
export function MissingIntegration({ integrationId }: { integrationId: string }) {
  const back = { href: '/integrations', label: 'Integrations' };
  const mayReadAudit = useCan('audit.read');
  const history = useOperation(listAudit, { targetId: integrationId, limit: 1 }, { enabled: mayReadAudit });
  if (mayReadAudit && history.isPending) return <PageHeader title="Integration" back={back} />;
  const last = history.data?.data[0];
  const all = <ButtonLink href="/integrations">All integrations</ButtonLink>;
  // The history outlives the integration, so a record means that it was there.
  if (last) {
    return (
      <>
        <PageHeader title={last.target.name ?? 'Disconnected integration'} back={back} />
        <div className={classes.banner}>
          <Notice tone="disabled" title="This integration was disconnected" actions={all}>
            Its credentials are erased. What happened with it stays below.
          </Notice>
        </div>
        <ActivityTab integrationId={integrationId} />
      </>
    );
  }
  return (
    <>
      <PageHeader title="Integration not found" back={back} />
      <Card>
        <EmptyState icon={SearchX} title="There is no integration at this address" actions={all}>
          The link may be incomplete, or belong to another organization.
        </EmptyState>
      </Card>
    </>
  );
}
