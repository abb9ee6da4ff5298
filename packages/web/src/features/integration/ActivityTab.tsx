import { Skeleton } from '@mantine/core';
import { listAudit } from '@trunkline/contract/audit';
import { FileClock } from 'lucide-react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { usePagedOperation } from '../../lib/api.ts';
import { AuditTable } from '../audit/AuditTable.tsx';
import classes from './IntegrationPage.module.css';

/** Who did what with an integration, newest first; it outlives the integration. */
export function ActivityTab({ integrationId }: { integrationId: string }) {
  const log = usePagedOperation(listAudit, { targetId: integrationId });
  return (
    <Card flush title="Activity" description="Every change and every reveal. Records cannot be edited.">
      {log.rows.length > 0 ? (
        <AuditTable records={log.rows} />
      ) : log.isPending ? (
        <div className={classes.rows} aria-busy="true">
          {[0, 1, 2, 3].map((index) => (
            <Skeleton key={index} height={20} />
          ))}
        </div>
      ) : log.error ? (
        <ErrorState error={log.error} onRetry={log.refetch} />
      ) : (
        <EmptyState icon={FileClock} title="No records yet">
          What people and programs do with this integration is written down here.
        </EmptyState>
      )}
      {log.hasMore && (
        <div className={classes.more}>
          <BusyButton variant="default" busy={log.isLoadingMore} onClick={log.loadMore}>
            Load more
          </BusyButton>
        </div>
      )}
    </Card>
  );
}
