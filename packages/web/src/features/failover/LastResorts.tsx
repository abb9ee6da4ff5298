import { Skeleton } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { capabilities } from '@trunkline/contract/capabilities';
import { listLastResorts, updateLastResort } from '@trunkline/contract/last-resorts';
import { AppLink } from '../../components/AppLink.tsx';
import { Card } from '../../components/Card.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { Toggle } from '../../components/Toggle.tsx';
import { invalidateOperations, useOperation, useOperationMutation } from '../../lib/api.ts';
import { countOf } from '../../lib/format.ts';
import { failoverLocked, lastResortWords } from './failover-words.ts';
import classes from './Failover.module.css';

/** The last member of every chain: what happens when all integrations fail (FAILOVER-4). */
export function LastResorts() {
  const client = useQueryClient();
  const list = useOperation(listLastResorts, {});
  const update = useOperationMutation(updateLastResort);
  return (
    <Card title="If all fail" description="What happens when the primary and every backup have failed.">
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {!list.data && !list.error && <Skeleton height={160} radius="lg" aria-busy />}
      <ul className={classes.list}>
        {list.data?.data.map(({ capability, kind, enabled, waiting }) => (
          <li key={capability} className={classes.member}>
            <div className={classes.who}>
              <div className={classes.name}>{capabilities[capability].label}</div>
              <div className={classes.facts}>{lastResortWords[kind].does}</div>
              {waiting > 0 && (
                <AppLink href="/actions?view=last_resort">
                  {countOf(waiting, 'action waits', 'actions wait')}
                </AppLink>
              )}
            </div>
            <Toggle
              label={`If all fail: ${capabilities[capability].label}`}
              checked={enabled}
              permission="failover.write"
              lockedReason={failoverLocked}
              onChange={async (next) => {
                await update.mutateAsync({ capability, enabled: next });
                await invalidateOperations(client, [listLastResorts]);
              }}
            />
          </li>
        ))}
      </ul>
    </Card>
  );
}
