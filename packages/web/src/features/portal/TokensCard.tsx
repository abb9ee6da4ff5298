import { Button } from '@mantine/core';
import { listPortalTokens, revokePortalToken, revokePortalTokens } from '@trunkline/contract/portal';
import type { PortalToken } from '@trunkline/contract/portal';
import { AppWindow } from 'lucide-react';
import { useState } from 'react';
import { AppLink } from '../../components/AppLink.tsx';
import { Card } from '../../components/Card.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { FilterChips } from '../../components/FilterChips.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { useOperationMutation, usePagedOperation } from '../../lib/api.ts';
import { roleNames } from '../../lib/session.ts';
import { useRefresh } from '../../lib/use-refresh.ts';
import classes from './PortalPage.module.css';

const manager = 'Only a system administrator revokes tokens.';
const looks = {
  waiting: { status: 'syncing', label: 'Waiting' },
  open: { status: 'active', label: 'Open' },
  lapsed: { status: 'disabled', label: 'Not used in time' },
  expired: { status: 'disabled', label: 'Expired' },
  revoked: { status: 'cancelled', label: 'Revoked' },
} as const;

const isOpen = ({ status }: PortalToken) => status === 'open' || status === 'waiting';

const columns = (onRevoke: (token: PortalToken) => void): Column<PortalToken>[] => [
  {
    key: 'subject',
    header: 'For',
    rowHeader: true,
    cell: (row) => (
      <span className={classes.pair}>
        {row.subject ?? 'No name given'}
        <AppLink className={classes.note} href={`/audit?actor=${row.id}`}>
          What was done
        </AppLink>
      </span>
    ),
  },
  {
    key: 'grant',
    header: 'May',
    cell: (row) => (
      <span className={classes.pair}>
        {row.parts.join(', ')}
        <span className={classes.note}>{roleNames[row.role]}</span>
      </span>
    ),
  },
  {
    key: 'state',
    header: 'State',
    cell: (row) => (
      <span className={classes.pair}>
        <StatusBadge plain status={looks[row.status].status} label={looks[row.status].label} />
        {row.status === 'open' && (
          <span className={classes.note}>
            ends <RelativeTime at={row.expiresAt} />
          </span>
        )}
        {row.revokedBy !== null && <span className={classes.note}>by {row.revokedBy}</span>}
      </span>
    ),
  },
  {
    key: 'origin',
    header: 'On',
    cell: (row) =>
      row.origin === null ? (
        <span className={classes.note}>—</span>
      ) : (
        <span className="mono">{row.origin}</span>
      ),
  },
  { key: 'made', header: 'Made', cell: (row) => <RelativeTime at={row.createdAt} /> },
  {
    key: 'actions',
    header: 'Actions',
    hideHeader: true,
    align: 'end',
    cell: (row) =>
      isOpen(row) ? (
        <LockedAction permission="portal.write" reason={manager}>
          <Button variant="default" size="xs" onClick={() => onRevoke(row)}>
            Revoke
          </Button>
        </LockedAction>
      ) : null,
  },
];

/** Who was given the portal, and the way to end it. */
export function TokensCard() {
  const [filter, setFilter] = useState<'open' | 'all'>('open');
  const list = usePagedOperation(listPortalTokens, filter === 'open' ? { open: true } : {}, {
    keepPrevious: true,
  });
  const [ending, setEnding] = useState<PortalToken | 'all' | null>(null);
  const one = useOperationMutation(revokePortalToken, { invalidates: [listPortalTokens] });
  const all = useOperationMutation(revokePortalTokens, { invalidates: [listPortalTokens] });
  // What ends by its time ends without a live message.
  useRefresh(list.rows.some(isOpen), [listPortalTokens]);
  return (
    <Card
      flush
      title="Tokens"
      description="Your back end makes one for each user whom it shows the portal. They are kept for 30 days."
      actions={
        list.rows.some(isOpen) && (
          <LockedAction permission="portal.write" reason={manager}>
            <Button variant="default" onClick={() => setEnding('all')}>
              Revoke all
            </Button>
          </LockedAction>
        )
      }
    >
      <div className={classes.tools}>
        <FilterChips
          label="State"
          value={filter}
          onChange={setFilter}
          chips={[
            { value: 'open', label: 'Open now' },
            { value: 'all', label: 'All' },
          ]}
        />
      </div>
      <DataTable
        caption="Portal tokens"
        rows={list.rows}
        rowKey={(row) => row.id}
        isPending={list.isPending}
        error={list.error}
        onRetry={list.refetch}
        columns={columns(setEnding)}
        hasMore={list.hasMore}
        isLoadingMore={list.isLoadingMore}
        onLoadMore={list.loadMore}
        empty={
          <EmptyState
            icon={AppWindow}
            title={filter === 'open' ? 'Nobody has the portal open' : 'No tokens yet'}
          >
            Tokens appear here as your back end makes them.
          </EmptyState>
        }
      />
      <ConfirmDialog
        opened={ending !== null}
        onClose={() => setEnding(null)}
        title={
          ending === 'all' ? 'Revoke all tokens?' : `Revoke the token of ${ending?.subject ?? 'somebody'}?`
        }
        confirmLabel="Revoke"
        danger
        onConfirm={() =>
          ending === 'all' || ending === null ? all.mutateAsync({}) : one.mutateAsync({ id: ending.id })
        }
      >
        <p>
          The portal closes at once. Your back end can make another token, unless you stop it there or revoke
          its API key.
        </p>
      </ConfirmDialog>
    </Card>
  );
}
