import { Button, Skeleton } from '@mantine/core';
import { listExchangeLayouts } from '@trunkline/contract/exchange';
import { Columns3 } from 'lucide-react';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { useOperation } from '../../lib/api.ts';
import { countOf } from '../../lib/format.ts';
import { lockedReasons } from '../integrations/reasons.ts';
import { LayoutDialog } from './LayoutDialog.tsx';
import { kindWords } from './exchange-words.ts';
import { layoutWords } from './layout-form.ts';
import type { StoredLayout } from './layout-form.ts';
import classes from './Exchange.module.css';

/** How the CSV files for a partner are written: ours to start from, or as the partner wants them. */
export function LayoutsCard({ integrationId }: { integrationId: string }) {
  const layouts = useOperation(listExchangeLayouts, { integrationId });
  const [editing, setEditing] = useState<StoredLayout | null>(null);
  return (
    <Card
      title="Columns of CSV files"
      description="A partner names its columns in the contract. Start from ours and change them until they are the partner’s."
    >
      {layouts.data ? (
        <ul className={classes.layouts}>
          {layouts.data.data.map((stored) => (
            <li key={stored.kind}>
              <div className={classes.layout}>
                <p className={classes.layoutName}>{kindWords[stored.kind]}</p>
                <p className={classes.quiet}>
                  {stored.own ? 'Your own layout' : 'Ours, to start from'} ·{' '}
                  {countOf(stored.layout.columns.length, 'column', 'columns')} · {layoutWords(stored.layout)}
                </p>
              </div>
              <LockedAction permission="exchange.write" reason={lockedReasons.files}>
                <Button
                  size="xs"
                  variant="default"
                  leftSection={<Columns3 aria-hidden />}
                  aria-label={`Change columns of ${kindWords[stored.kind]}`}
                  onClick={() => setEditing(stored)}
                >
                  Change columns
                </Button>
              </LockedAction>
            </li>
          ))}
        </ul>
      ) : layouts.error ? (
        <ErrorState error={layouts.error} onRetry={() => void layouts.refetch()} />
      ) : (
        <div aria-busy>
          <Skeleton height={20} />
        </div>
      )}
      <LayoutDialog integrationId={integrationId} stored={editing} onClose={() => setEditing(null)} />
    </Card>
  );
}
