import { Button, Skeleton } from '@mantine/core';
import { listFailover } from '@trunkline/contract/failover';
import type { OutputOf } from '@trunkline/contract/operation';
import { ArrowLeftRight } from 'lucide-react';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { useOperation } from '../../lib/api.ts';
import { ButtonLink } from '../webhooks/ButtonLink.tsx';
import { LastResorts } from './LastResorts.tsx';
import { MakePrimaryDialog } from './MakePrimaryDialog.tsx';
import { MemberBox } from './MemberBox.tsx';
import { SwitchLog } from './SwitchLog.tsx';
import { activeText, capabilityText, copyBackTitle, failoverLocked } from './failover-words.ts';
import classes from './Failover.module.css';

type Row = OutputOf<typeof listFailover>['data'][number];

function roleText({ role, backupOf, backupCount, primaryFor }: Row): string {
  if (role === 'primary') {
    const backups =
      backupCount === 0 ? 'no backup' : backupCount === 1 ? 'one backup' : `${backupCount} backups`;
    return primaryFor.length > 0 ? `Primary, ${backups}` : `Has ${backups}`;
  }
  return role === 'backup' && backupOf ? `Backup of ${backupOf.name}` : 'Spare: asked only by its id';
}

/** `/failover`: who does what, who stands in, and when calls went elsewhere. */
export function FailoverPage() {
  const list = useOperation(listFailover, {});
  const [rising, setRising] = useState<Row | null>(null);
  const rows = list.data?.data ?? [];
  const former =
    rising &&
    (rising.backupOf ??
      rows.find(
        (row) => row.id !== rising.id && row.primaryFor.some((name) => rising.capabilities.includes(name)),
      ) ??
      null);
  return (
    <>
      <PageHeader
        title="Failover"
        live
        subtitle="Which integration does what, and who stands in when it cannot."
      />
      <div className={classes.gap}>
        {list.error && (
          <Card>
            <ErrorState error={list.error} onRetry={() => void list.refetch()} />
          </Card>
        )}
        {!list.data && !list.error && <Skeleton height={240} radius="lg" aria-busy />}
        {list.data && rows.length === 0 && (
          <Card>
            <EmptyState
              icon={ArrowLeftRight}
              title="Nothing to fail over yet"
              actions={<ButtonLink href="/integrations?tab=available">Connect an integration</ButtonLink>}
            >
              Connect two integrations that do the same, such as two for email: one can stand in for the
              other.
            </EmptyState>
          </Card>
        )}
        {rows.length > 0 && (
          <Card title="Integrations">
            <ul className={classes.cards}>
              {rows.map((row) => (
                <li key={row.id}>
                  <MemberBox
                    member={row}
                    isActive={row.active}
                    activeWords={activeText(row)}
                    note={
                      <div className={classes.facts}>
                        {roleText(row)} · {capabilityText(row.capabilities)}
                        {row.filesToCopyBack > 0 && ` · ${copyBackTitle(row.filesToCopyBack)}`}
                      </div>
                    }
                    actions={
                      <>
                        <ButtonLink variant="default" size="xs" href={`/integrations/${row.id}?tab=failover`}>
                          Configure
                        </ButtonLink>
                        {row.primaryFor.length < row.capabilities.length && (
                          <LockedAction permission="failover.write" reason={failoverLocked}>
                            <Button variant="default" size="xs" onClick={() => setRising(row)}>
                              Make primary
                            </Button>
                          </LockedAction>
                        )}
                      </>
                    }
                  />
                </li>
              ))}
            </ul>
          </Card>
        )}
        <LastResorts />
        {list.data && (
          <Card title="Switches" flush>
            <SwitchLog rows={list.data.switches} />
          </Card>
        )}
      </div>
      <MakePrimaryDialog member={rising} former={former} onClose={() => setRising(null)} />
    </>
  );
}
