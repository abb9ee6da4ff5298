import { Button, Select, Skeleton, TextInput } from '@mantine/core';
import { listMembers } from '@trunkline/contract/access';
import { getApiKey } from '@trunkline/contract/api-keys';
import { listAudit, verifyAudit } from '@trunkline/contract/audit';
import type { OutputOf } from '@trunkline/contract/operation';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { FileClock, FilterX, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { Notice } from '../../components/Notice.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Stack } from '../../components/Stack.tsx';
import type { ApiError } from '../../lib/api-error.ts';
import { toApiError } from '../../lib/api-error.ts';
import { callOperation, useOperation, usePagedOperation } from '../../lib/api.ts';
import { formatAbsolute, formatNumber } from '../../lib/format.ts';
import { useCan } from '../../lib/session.ts';
import { AuditTable } from './AuditTable.tsx';
import { auditInput, changeFilter } from './audit-filter.ts';
import type { AuditFilter } from './audit-filter.ts';
import { actionChoices } from './audit-words.ts';
import classes from './AuditPage.module.css';

type Verification = OutputOf<typeof verifyAudit> & { at: number };

/** Runs the check of the hash chain and keeps its last result. */
function useVerification() {
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<Verification | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  async function run(): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      setResult({ ...(await callOperation(verifyAudit, {})), at: Date.now() });
    } catch (thrown) {
      setResult(null);
      setError(toApiError(thrown));
    } finally {
      setBusy(false);
    }
  }
  return { busy, result, error, run };
}

function VerificationNotice({ result }: { result: Verification }) {
  if (result.ok) {
    return (
      <Notice tone="active" title={`${formatNumber(result.checked)} records, chain intact`}>
        Every record fits the one before it: none was changed, taken out or put in between. Checked{' '}
        {formatAbsolute(result.at)}.
      </Notice>
    );
  }
  return (
    <Notice
      tone="error"
      title={
        result.brokenAt === null
          ? 'The chain is broken'
          : `The chain breaks at record ${formatNumber(result.brokenAt)}`
      }
    >
      {result.reason ?? 'The record does not fit the one before it.'} {formatNumber(result.checked)} records
      before it are intact. The database was changed from outside or is damaged: compare it with a backup.
    </Notice>
  );
}

function useActorChoices(): { value: string; label: string }[] {
  const mayMembers = useCan('member.read');
  const mayKey = useCan('api_key.read');
  const members = useOperation(listMembers, {}, { enabled: mayMembers });
  const key = useOperation(getApiKey, {}, { enabled: mayKey });
  return [
    ...(members.data?.members ?? []).map(({ userId, name }) => ({ value: userId, label: name })),
    ...(key.data
      ? [
          { value: key.data.id, label: `API key ${key.data.keyPreview}` },
          ...key.data.expiring.map(({ id, keyPreview }) => ({ value: id, label: `API key ${keyPreview}` })),
        ]
      : []),
  ];
}

interface FiltersProps {
  filter: AuditFilter;
  /** Actors of the records on screen: people who have left are found too. */
  seen: { value: string; label: string }[];
  onChange: (field: keyof AuditFilter, value: string | null) => void;
  onClear: () => void;
}

function Filters({ filter, seen, onChange, onClear }: FiltersProps) {
  const known = useActorChoices();
  const actors = [...known, ...seen.filter(({ value }) => !known.some((each) => each.value === value))];
  if (filter.actor && !actors.some(({ value }) => value === filter.actor)) {
    actors.push({ value: filter.actor, label: filter.actor });
  }
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <div className={classes.filters} role="search" aria-label="Filter the audit log">
      <Select
        label="Action"
        placeholder="All actions"
        data={actionChoices()}
        value={filter.action ?? null}
        onChange={(value) => onChange('action', value)}
        clearable
        searchable
        maxDropdownHeight={360}
      />
      <Select
        label="Actor"
        placeholder="Everybody"
        data={actors}
        value={filter.actor ?? null}
        onChange={(value) => onChange('actor', value)}
        clearable
        searchable
      />
      <TextInput
        label="From"
        type="date"
        value={filter.since ?? ''}
        {...(filter.until ? { max: filter.until } : {})}
        onChange={(event) => onChange('since', event.currentTarget.value)}
      />
      <TextInput
        label="To"
        type="date"
        value={filter.until ?? ''}
        {...(filter.since ? { min: filter.since } : {})}
        onChange={(event) => onChange('until', event.currentTarget.value)}
      />
      {isFiltered && (
        <Button variant="subtle" leftSection={<FilterX aria-hidden />} onClick={onClear}>
          Clear filters
        </Button>
      )}
    </div>
  );
}

/** `/audit`: who did what, when, from where, and what it changed; tamper-evident (ACC-3). */
export function AuditPage() {
  const filter: AuditFilter = useSearch({ from: '/shell/audit' });
  const navigate = useNavigate();
  const log = usePagedOperation(listAudit, auditInput(filter), { keepPrevious: true });
  const verification = useVerification();
  const isFiltered = Object.keys(filter).length > 0;

  function go(search: AuditFilter): void {
    void navigate({ to: '/audit', search, replace: true });
  }

  const seen = new Map<string, string>();
  for (const { actor } of log.rows) if (actor.id !== null) seen.set(actor.id, actor.name);

  return (
    <>
      <PageHeader
        title="Audit log"
        live
        subtitle="Every change and every reveal. Records cannot be edited."
        actions={
          <BusyButton
            variant="default"
            leftSection={<ShieldCheck aria-hidden />}
            busy={verification.busy}
            onClick={() => void verification.run()}
          >
            Verify log
          </BusyButton>
        }
      />
      <Stack>
        <div role="status" className={verification.result || verification.error ? '' : 'visually-hidden'}>
          {verification.result && <VerificationNotice result={verification.result} />}
          {verification.error && (
            <Notice tone="error" title="The log could not be checked">
              {verification.error.detail}
            </Notice>
          )}
        </div>
        <Card flush>
          <Filters
            filter={filter}
            seen={[...seen].map(([value, label]) => ({ value, label }))}
            onChange={(field, value) => go(changeFilter(filter, field, value))}
            onClear={() => go({})}
          />
          {log.rows.length > 0 ? (
            <AuditTable records={log.rows} />
          ) : log.isPending ? (
            <div className={classes.loading} aria-busy="true">
              {[0, 1, 2, 3, 4, 5].map((index) => (
                <Skeleton key={index} height={20} />
              ))}
            </div>
          ) : log.error ? (
            <ErrorState error={log.error} onRetry={log.refetch} />
          ) : (
            <EmptyState
              icon={FileClock}
              title={isFiltered ? 'No record matches' : 'No records yet'}
              actions={
                isFiltered && (
                  <Button variant="default" onClick={() => go({})}>
                    Show all records
                  </Button>
                )
              }
            >
              {isFiltered
                ? 'Nobody did this in the chosen time.'
                : 'What people and programs change here is written down from now on.'}
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
      </Stack>
    </>
  );
}
