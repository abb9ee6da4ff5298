import { Button, Skeleton } from '@mantine/core';
import { getAuditSettings, listAudit, verifyAudit } from '@trunkline/contract/audit';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Download, FileClock, Hourglass, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Stack } from '../../components/Stack.tsx';
import type { ApiError } from '../../lib/api-error.ts';
import { toApiError } from '../../lib/api-error.ts';
import { callOperation, useOperation, usePagedOperation } from '../../lib/api.ts';
import { countOf } from '../../lib/format.ts';
import { AuditExportDialog } from './AuditExportDialog.tsx';
import { AuditFilters } from './AuditFilters.tsx';
import { AuditRetentionDialog } from './AuditRetentionDialog.tsx';
import { AuditTable } from './AuditTable.tsx';
import { auditInput, changeFilter } from './audit-filter.ts';
import type { AuditFilter } from './audit-filter.ts';
import { LastCheck } from './LastCheck.tsx';
import { VerificationNotice } from './VerificationNotice.tsx';
import type { Verification } from './VerificationNotice.tsx';
import classes from './AuditPage.module.css';

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

/** `/audit`: who did what, when, from where, and what it changed; tamper-evident (ACC-3). */
export function AuditPage() {
  const filter: AuditFilter = useSearch({ from: '/shell/audit' });
  const navigate = useNavigate();
  const log = usePagedOperation(listAudit, auditInput(filter), { keepPrevious: true });
  const verification = useVerification();
  const settings = useOperation(getAuditSettings, {});
  const [open, setOpen] = useState<'export' | 'retention' | null>(null);
  const close = (): void => setOpen(null);
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
          <>
            {settings.data && (
              <LockedAction
                permission="audit.settings"
                reason="Only a system administrator decides how long the audit log is kept."
              >
                <Button
                  variant="default"
                  leftSection={<Hourglass aria-hidden />}
                  onClick={() => setOpen('retention')}
                >
                  Kept {countOf(settings.data.retentionDays, 'day', 'days')}
                </Button>
              </LockedAction>
            )}
            <Button
              variant="default"
              leftSection={<Download aria-hidden />}
              onClick={() => setOpen('export')}
            >
              Export
            </Button>
            <BusyButton
              variant="default"
              leftSection={<ShieldCheck aria-hidden />}
              busy={verification.busy}
              onClick={() => void verification.run()}
            >
              Verify log
            </BusyButton>
          </>
        }
      />
      <Stack>
        {settings.data && <LastCheck check={settings.data.check} />}
        <div role="status" className={verification.result || verification.error ? '' : 'visually-hidden'}>
          {verification.result && <VerificationNotice result={verification.result} />}
          {verification.error && (
            <Notice tone="error" title="The log could not be checked">
              {verification.error.detail}
            </Notice>
          )}
        </div>
        <Card flush>
          <AuditFilters
            filter={filter}
            targetName={log.rows.find(({ target }) => target.id === filter.target)?.target.name ?? null}
            seen={[...seen].map(([value, label]) => ({ value, label }))}
            onChange={(field, value) => go(changeFilter(filter, field, value))}
            onClear={() => go({})}
          />
          {log.rows.length > 0 ? (
            <AuditTable
              records={log.rows}
              onTarget={filter.target ? null : (id) => go(changeFilter(filter, 'target', id))}
            />
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
      <AuditExportDialog opened={open === 'export'} onClose={close} filter={auditInput(filter)} />
      {settings.data && (
        <AuditRetentionDialog
          opened={open === 'retention'}
          onClose={close}
          days={settings.data.retentionDays}
        />
      )}
    </>
  );
}
