import { Button } from '@mantine/core';
import { endGrace, getApiKey } from '@trunkline/contract/api-keys';
import type { ApiKey } from '@trunkline/contract/api-keys';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { useNow } from '../../lib/clock.ts';
import { countOf, formatAbsolute, formatSeconds } from '../../lib/format.ts';
import classes from './ApiKeyPage.module.css';

type OlderKey = ApiKey['expiring'][number];

/** `12 h 3 min left`, counting down; what is over says so until the list is fetched again. */
function TimeLeft({ until }: { until: string }) {
  const now = useNow();
  const seconds = Math.floor((Date.parse(until) - now) / 1000);
  return (
    <span title={formatAbsolute(until)}>{seconds > 0 ? `${formatSeconds(seconds)} left` : 'Ended'}</span>
  );
}

/** The programs that have not changed yet. */
function Callers({ callers, moreCallers }: Pick<OlderKey, 'callers' | 'moreCallers'>) {
  if (callers.length === 0) return <span className={classes.note}>Nobody since it was replaced</span>;
  return (
    <ul className={classes.callers}>
      {callers.map((caller) => (
        <li key={`${caller.ip} ${caller.userAgent}`}>
          <span className={classes.agent}>{caller.userAgent || 'No user agent'}</span>
          <span className={classes.note}>
            {caller.ip || 'Unknown address'} · {countOf(caller.requests, 'request', 'requests')} ·{' '}
            <RelativeTime at={caller.lastUsedAt} />
          </span>
        </li>
      ))}
      {moreCallers > 0 && <li className={classes.note}>and {moreCallers.toLocaleString('en-GB')} more</li>}
    </ul>
  );
}

const olderKeyColumns = (onEnd: (key: OlderKey) => void): Column<OlderKey>[] => [
  {
    key: 'key',
    header: 'Key',
    rowHeader: true,
    cell: (row) => <span className="mono">{row.keyPreview}</span>,
  },
  { key: 'left', header: 'Ends', cell: (row) => <TimeLeft until={row.expiresAt} /> },
  {
    key: 'used',
    header: 'Last used',
    cell: (row) => <RelativeTime at={row.lastUsedAt} empty="Never used" />,
  },
  {
    key: 'callers',
    header: 'Still used by',
    narrow: 'full',
    cell: (row) => <Callers callers={row.callers} moreCallers={row.moreCallers} />,
  },
  {
    key: 'end',
    header: 'Actions',
    hideHeader: true,
    align: 'end',
    cell: (row) => (
      <LockedAction permission="api_key.regenerate" reason="Only a system administrator ends a grace period.">
        <Button variant="default" size="xs" onClick={() => onEnd(row)}>
          End now
        </Button>
      </LockedAction>
    ),
  },
];

/** Older keys in their grace period: how long they still work, and who still uses them (KEY-1). */
export function GraceCard({ keys }: { keys: OlderKey[] }) {
  const [ending, setEnding] = useState<OlderKey | null>(null);
  const end = useOperationMutation(endGrace, { invalidates: [getApiKey] });
  return (
    <Card
      flush
      title="Keys in grace"
      description="Older keys that still work for a while. One that is still used belongs to a program to change."
    >
      <DataTable
        caption="Older keys"
        rows={keys}
        rowKey={(row) => row.id}
        empty={null}
        columns={olderKeyColumns(setEnding)}
      />
      <ConfirmDialog
        opened={ending !== null}
        onClose={() => setEnding(null)}
        title="End the grace period now?"
        confirmLabel="End now"
        danger
        onConfirm={() => end.mutateAsync({ id: ending?.id ?? '' })}
      >
        <p>
          Requests with <span className="mono">{ending?.keyPreview}</span> are refused with 401 from then on.
          {ending !== null && ending.callers.length > 0 && ' It is still used: see the list.'}
        </p>
      </ConfirmDialog>
    </Card>
  );
}
