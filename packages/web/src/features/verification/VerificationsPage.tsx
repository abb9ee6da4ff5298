import { useNavigate } from '@tanstack/react-router';
import { listVerifications, startVerification } from '@trunkline/contract/verification';
import type { Verification } from '@trunkline/contract/verification';
import { ClipboardCheck, Play } from 'lucide-react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { CellText } from '../../components/CellText.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { ProgressBar } from '../../components/ProgressBar.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { useOperationMutation, usePagedOperation } from '../../lib/api.ts';
import { formatAbsolute } from '../../lib/format.ts';
import { notifyError } from '../../lib/notify.ts';
import { lockedReasons } from '../integrations/reasons.ts';
import { SettingsCard } from './SettingsCard.tsx';
import { resultSentence } from './verification-words.ts';
import classes from './Verification.module.css';

function Result({ run }: { run: Verification }) {
  if (run.counts) return <>{resultSentence(run.counts)}</>;
  const { done, total } = run.progress;
  return (
    <ProgressBar label="Checked" value={done} max={Math.max(1, total)} text={`${done} of ${total} checked`} />
  );
}

const columns: Column<Verification>[] = [
  {
    key: 'started',
    header: 'Started',
    rowHeader: true,
    cell: (run) => (
      <CellText
        primary={formatAbsolute(run.startedAt)}
        secondary={run.scheduled ? 'Of the month' : `By ${run.startedBy}`}
      />
    ),
  },
  { key: 'result', header: 'Result', cell: (run) => <Result run={run} />, narrow: 'full' },
  {
    key: 'finished',
    header: 'Finished',
    align: 'end',
    cell: (run) => (run.finishedAt === null ? 'Under way' : <RelativeTime at={run.finishedAt} />),
  },
];

/** The verifications of all integrations: once a month by themselves, or now (HEALTH-6). */
export function VerificationsPage() {
  const navigate = useNavigate();
  const runs = usePagedOperation(listVerifications, {});
  const start = useOperationMutation(startVerification, {
    invalidates: [listVerifications],
    onSuccess: ({ id }) =>
      void navigate({ to: '/verification/$verificationId', params: { verificationId: id } }),
    onError: notifyError,
  });
  return (
    <>
      <PageHeader
        title="Verification"
        live
        subtitle="Every integration is checked for real; the report says what needs attention"
        actions={
          <LockedAction permission="integration.write" reason={lockedReasons.write}>
            <BusyButton
              leftSection={<Play aria-hidden />}
              busy={start.isPending}
              onClick={() => start.mutate({})}
            >
              Verify now
            </BusyButton>
          </LockedAction>
        }
      />
      <div className={classes.columns}>
        <Card flush>
          <DataTable
            first
            caption="Verifications"
            columns={columns}
            rows={runs.rows}
            rowKey={({ id }) => id}
            href={({ id }) => `/verification/${id}`}
            isPending={runs.isPending}
            error={runs.error}
            onRetry={runs.refetch}
            hasMore={runs.hasMore}
            isLoadingMore={runs.isLoadingMore}
            onLoadMore={runs.loadMore}
            empty={
              <EmptyState icon={ClipboardCheck} title="No verification yet">
                Start one now, or wait for the day of the month.
              </EmptyState>
            }
          />
        </Card>
        <SettingsCard />
      </div>
    </>
  );
}
