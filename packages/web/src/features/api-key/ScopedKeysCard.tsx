import { Button } from '@mantine/core';
import { listApiKeys, revokeApiKey, switchScopedKeys } from '@trunkline/contract/api-keys';
import type { ScopedKey } from '@trunkline/contract/api-keys';
import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Row } from '../../components/Stack.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Toggle } from '../../components/Toggle.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { formatAbsolute } from '../../lib/format.ts';
import { NewKeyNotice } from './NewKeyNotice.tsx';
import { ScopedKeyDialog } from './ScopedKeyDialog.tsx';
import { networksText } from './networks.ts';
import classes from './ApiKeyPage.module.css';

const manager = 'Only a system administrator manages scoped keys.';
const looks = { active: 'active', expired: 'disabled', revoked: 'cancelled' } as const;

/** The end of a key: its state and, where it has one, when. */
function State({ row }: { row: ScopedKey }) {
  const label = { active: 'Active', expired: 'Expired', revoked: 'Revoked' }[row.status];
  return (
    <span className={classes.state}>
      <StatusBadge plain status={looks[row.status]} label={label} />
      {row.status === 'active' && row.expiresAt !== null && (
        <span className={classes.note} title={formatAbsolute(row.expiresAt)}>
          ends <RelativeTime at={row.expiresAt} />
        </span>
      )}
    </span>
  );
}

const scopedKeyColumns = (
  onChange: (key: ScopedKey) => void,
  onRevoke: (key: ScopedKey) => void,
): Column<ScopedKey>[] => [
  {
    key: 'name',
    header: 'Name',
    rowHeader: true,
    cell: (row) => (
      <span className={classes.keyName}>
        {row.name}
        <span className={`mono ${classes.note}`}>{row.keyPreview}</span>
      </span>
    ),
  },
  { key: 'scopes', header: 'Scopes', cell: (row) => row.scopes.join(', ') },
  { key: 'from', header: 'From', cell: (row) => networksText(row.networks) },
  { key: 'state', header: 'State', cell: (row) => <State row={row} /> },
  {
    key: 'used',
    header: 'Last used',
    cell: (row) => <RelativeTime at={row.lastUsedAt} empty="Never used" />,
  },
  {
    key: 'actions',
    header: 'Actions',
    hideHeader: true,
    align: 'end',
    cell: (row) =>
      row.status === 'revoked' ? null : (
        <Row>
          <LockedAction permission="api_key.manage" reason={manager}>
            <Button variant="default" size="xs" onClick={() => onChange(row)}>
              Change
            </Button>
          </LockedAction>
          <LockedAction permission="api_key.manage" reason={manager}>
            <Button variant="default" size="xs" onClick={() => onRevoke(row)}>
              Revoke
            </Button>
          </LockedAction>
        </Row>
      ),
  },
];

/** Keys for single programs, with less than everything; off until a system administrator wants them (KEY-1). */
export function ScopedKeysCard() {
  const list = useOperation(listApiKeys, {});
  const [editing, setEditing] = useState<ScopedKey | 'new' | null>(null);
  const [revoking, setRevoking] = useState<ScopedKey | null>(null);
  const [newKey, setNewKey] = useState<string | null>(null);
  const toggle = useOperationMutation(switchScopedKeys, { invalidates: [listApiKeys] });
  const revoke = useOperationMutation(revokeApiKey, { invalidates: [listApiKeys] });
  const enabled = list.data?.enabled ?? false;

  return (
    <>
      {newKey !== null && (
        <NewKeyNotice value={newKey} onDone={() => setNewKey(null)}>
          It works already. This is the only time that it is shown: put it into the program now.
        </NewKeyNotice>
      )}
      <Card
        flush
        title="Scoped keys"
        description="Further keys for single programs: less than everything, with an end, from certain addresses."
        actions={
          <Row>
            <Toggle
              withLabel
              label="Scoped keys"
              checked={enabled}
              onChange={(next) => toggle.mutateAsync({ enabled: next })}
              permission="api_key.manage"
              lockedReason="Only a system administrator switches scoped keys."
            />
            {enabled && (
              <LockedAction permission="api_key.manage" reason={manager}>
                <Button
                  variant="default"
                  leftSection={<Plus aria-hidden />}
                  onClick={() => setEditing('new')}
                >
                  New key
                </Button>
              </LockedAction>
            )}
          </Row>
        }
      >
        <DataTable
          caption="Scoped keys"
          rows={list.data?.keys ?? []}
          rowKey={(row) => row.id}
          isPending={list.isPending}
          error={list.error ?? null}
          onRetry={() => void list.refetch()}
          columns={scopedKeyColumns(setEditing, setRevoking)}
          empty={
            <EmptyState icon={KeyRound} title={enabled ? 'No scoped keys yet' : 'Scoped keys are off'}>
              {enabled
                ? 'A program that only sends events needs no more than the scope “events”.'
                : 'The one key of the organization does everything. Switch scoped keys on to give programs keys of their own.'}
            </EmptyState>
          }
        />
      </Card>
      {editing !== null && (
        <ScopedKeyDialog
          scopedKey={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
          onMade={setNewKey}
        />
      )}
      <ConfirmDialog
        opened={revoking !== null}
        onClose={() => setRevoking(null)}
        title={`Revoke “${revoking?.name ?? ''}”?`}
        confirmLabel="Revoke key"
        danger
        onConfirm={() => revoke.mutateAsync({ id: revoking?.id ?? '' })}
      >
        <p>Requests with it are refused with 401 at once. It cannot be brought back.</p>
      </ConfirmDialog>
    </>
  );
}
