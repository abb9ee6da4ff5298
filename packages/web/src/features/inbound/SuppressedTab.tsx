import { Button, TextInput } from '@mantine/core';
import {
  getInboundSettings,
  listSuppressions,
  removeSuppression,
  suppressionReasons,
  updateInboundSettings,
} from '@trunkline/contract/inbound';
import type { InboundSource, Suppression, SuppressionReason } from '@trunkline/contract/inbound';
import { useQueryClient } from '@tanstack/react-query';
import { MailX, Plus, Search } from 'lucide-react';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { CellText } from '../../components/CellText.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { FilterChips } from '../../components/FilterChips.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Stack } from '../../components/Stack.tsx';
import { Toggle } from '../../components/Toggle.tsx';
import {
  callOperation,
  invalidateOperations,
  useOperation,
  useOperationMutation,
  usePagedOperation,
} from '../../lib/api.ts';
import { countOf } from '../../lib/format.ts';
import { notifyDone } from '../../lib/notify.ts';
import { useSearchWords } from '../integrations/use-search-words.ts';
import { AddSuppressionDialog } from './AddSuppressionDialog.tsx';
import type { InboundSearch } from './inbound-search.ts';
import { lockedReasons } from './reasons.ts';
import { reasonWords, removalWarnings } from './suppression-words.ts';
import classes from './inbound.module.css';

/** Counted up to here; more are so many and more. */
const countedTo = 10_000;

function RefuseSwitch() {
  const settings = useOperation(getInboundSettings, {});
  const update = useOperationMutation(updateInboundSettings, { invalidates: [getInboundSettings] });
  if (settings.error) return <ErrorState error={settings.error} onRetry={() => void settings.refetch()} />;
  const suppress = settings.data?.suppress ?? true;
  return (
    <Card>
      <Toggle
        label="Refuse to send to these addresses"
        withLabel
        checked={suppress}
        onChange={(next) => update.mutateAsync({ suppress: next })}
        permission="inbound.settings"
        lockedReason={lockedReasons.settings}
      />
      <p className={classes.under}>
        {suppress
          ? 'An email to one of them is refused before any provider is asked, and the action says why.'
          : 'The list is kept, but email goes out to these addresses all the same.'}
      </p>
    </Card>
  );
}

const columnsOf = (
  sources: readonly InboundSource[],
  onRemove: (row: Suppression) => void,
): Column<Suppression>[] => [
  {
    key: 'address',
    header: 'Address',
    rowHeader: true,
    cell: ({ address }) => <span className={classes.mail}>{address}</span>,
  },
  {
    key: 'reason',
    header: 'Reason',
    narrow: 'full',
    cell: ({ reason, detail }) => <CellText primary={reasonWords[reason]} secondary={detail ?? undefined} />,
  },
  {
    key: 'by',
    header: 'Told by',
    cell: ({ provider, createdBy }) =>
      createdBy ?? sources.find((each) => each.provider === provider)?.providerName ?? provider ?? '–',
  },
  { key: 'since', header: 'Since', cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
  {
    key: 'remove',
    header: 'Actions',
    hideHeader: true,
    align: 'end',
    cell: (row) => (
      <LockedAction permission="inbound.write" reason={lockedReasons.write}>
        <Button
          size="xs"
          variant="default"
          aria-label={`Remove ${row.address}`}
          onClick={() => onRemove(row)}
        >
          Remove
        </Button>
      </LockedAction>
    ),
  },
];

/** Addresses that get no more mail, why, and whether that is kept to. */
export function SuppressedTab({
  search,
  sources,
  onGo,
}: {
  search: InboundSearch;
  sources: readonly InboundSource[];
  onGo: (next: InboundSearch) => void;
}) {
  const { q, reason } = search;
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Suppression | null>(null);
  // What was shown stays while the dialog fades out.
  const [last, setLast] = useState(removing);
  if (removing !== null && removing !== last) setLast(removing);
  const list = usePagedOperation(
    listSuppressions,
    { limit: 50, ...(q && { search: q }), ...(reason && { reason }) },
    { keepPrevious: true },
  );
  const go = (next: Pick<InboundSearch, 'q' | 'reason'>) => onGo({ tab: 'suppressed', ...next });
  const [words, type] = useSearchWords(q ?? '', (next) =>
    go({ ...(next === '' ? {} : { q: next }), ...(reason && { reason }) }),
  );
  const isFiltered = q !== undefined || reason !== undefined;
  const total = list.first?.total;

  async function remove(): Promise<void> {
    if (removing === null) return;
    await callOperation(removeSuppression, { address: removing.address });
    await invalidateOperations(client, [listSuppressions]);
    notifyDone('Taken off the list', removing.address);
  }

  return (
    <Stack>
      <RefuseSwitch />
      <Card flush>
        <div className={classes.tools}>
          <FilterChips<SuppressionReason | 'all'>
            label="Reason"
            value={reason ?? 'all'}
            onChange={(next) => go({ ...(q && { q }), ...(next === 'all' ? {} : { reason: next }) })}
            chips={(['all', ...suppressionReasons] as const).map((value) => ({
              value,
              label: value === 'all' ? 'All' : reasonWords[value],
            }))}
          />
          <div className={classes.side}>
            <TextInput
              className={classes.search ?? ''}
              aria-label="Search addresses"
              placeholder="Search addresses"
              leftSection={<Search size={15} aria-hidden />}
              value={words}
              maxLength={320}
              onChange={(event) => type(event.currentTarget.value)}
            />
            <LockedAction permission="inbound.write" reason={lockedReasons.write}>
              <Button variant="default" leftSection={<Plus aria-hidden />} onClick={() => setAdding(true)}>
                Add address
              </Button>
            </LockedAction>
          </div>
        </div>
        <p className={classes.count} role="status">
          {total === undefined
            ? ''
            : total >= countedTo
              ? 'More than 10,000 addresses'
              : countOf(total, 'address', 'addresses')}
        </p>
        <DataTable
          caption="Suppressed addresses"
          columns={columnsOf(sources, setRemoving)}
          rows={list.rows}
          rowKey={({ address }) => address}
          isPending={list.isPending}
          error={list.error}
          onRetry={list.refetch}
          hasMore={list.hasMore}
          isLoadingMore={list.isLoadingMore}
          onLoadMore={list.loadMore}
          empty={
            <EmptyState
              icon={MailX}
              title={isFiltered ? 'No address is like this' : 'No address is suppressed'}
              actions={
                isFiltered && (
                  <Button variant="default" onClick={() => go({})}>
                    Show all
                  </Button>
                )
              }
            >
              Addresses whose mail came back, whose owner called it spam or wants no more of it come here by
              themselves, when the provider of your email says so by a webhook.
            </EmptyState>
          }
        />
      </Card>
      <AddSuppressionDialog opened={adding} onClose={() => setAdding(false)} />
      <ConfirmDialog
        opened={removing !== null}
        onClose={() => setRemoving(null)}
        title={`Send to ${last?.address ?? ''} again?`}
        confirmLabel="Remove from the list"
        danger={last?.reason === 'spam_reported' || last?.reason === 'unsubscribed'}
        onConfirm={remove}
      >
        <p>{last && removalWarnings[last.reason]}</p>
      </ConfirmDialog>
    </Stack>
  );
}
