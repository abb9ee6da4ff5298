import { Button, Skeleton } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { downloadVerification, getVerification } from '@trunkline/contract/verification';
import type {
  VerificationItem,
  VerificationOutcome,
  VerificationReport,
} from '@trunkline/contract/verification';
import { CircleCheck, CircleX, ClipboardCheck, Download, Layers, Printer, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { CellText } from '../../components/CellText.tsx';
import { Counters } from '../../components/Counters.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { ProgressBar } from '../../components/ProgressBar.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { formatAbsolute } from '../../lib/format.ts';
import { notifyError } from '../../lib/notify.ts';
import { saveFile } from '../../lib/save-file.ts';
import { OutcomeBadge } from './OutcomeBadge.tsx';
import { resultSentence } from './verification-words.ts';
import classes from './Verification.module.css';

const columns: Column<VerificationItem>[] = [
  {
    key: 'name',
    header: 'Integration',
    rowHeader: true,
    cell: (item) => <CellText primary={item.name} secondary={item.provider.name} />,
  },
  {
    key: 'outcome',
    header: 'Result',
    width: '170px',
    cell: ({ outcome }) => <OutcomeBadge outcome={outcome} />,
  },
  {
    key: 'findings',
    header: 'Findings',
    narrow: 'full',
    cell: ({ findings }) =>
      findings.length === 0 ? (
        'Nothing to do.'
      ) : (
        <ul className={classes.findings}>
          {findings.map(({ key, text }) => (
            <li key={key}>{text}</li>
          ))}
        </ul>
      ),
  },
  {
    key: 'uptime',
    header: 'Uptime, 30 days',
    align: 'end',
    // Cut, not rounded: a miss is never shown as a hundred.
    cell: ({ uptimePercent }) =>
      uptimePercent === null ? '–' : `${(Math.floor(uptimePercent * 100) / 100).toFixed(2)} %`,
  },
];

function Findings({ report }: { report: VerificationReport }) {
  const [only, setOnly] = useState<VerificationOutcome | 'all'>('all');
  const { counts, items } = report;
  if (!counts) return null;
  return (
    <>
      <Counters
        label="Filter by result"
        value={only}
        onChange={setOnly}
        counters={[
          {
            label: 'All',
            icon: Layers,
            count: items.length,
            value: 'all',
            note: counts.skipped === 0 ? 'Integrations' : `${counts.skipped} not checked`,
          },
          {
            label: 'Failed',
            icon: CircleX,
            tone: 'error',
            count: counts.failed,
            value: 'failed',
            note: 'Do not work',
          },
          {
            label: 'Attention',
            icon: TriangleAlert,
            tone: 'degraded',
            count: counts.warning,
            value: 'warning',
            note: 'Something to do',
          },
          {
            label: 'In order',
            icon: CircleCheck,
            tone: 'active',
            count: counts.ok,
            value: 'ok',
            note: 'Nothing to do',
          },
        ]}
      />
      <Card flush>
        <DataTable
          first
          caption="What was found of every integration"
          columns={columns}
          rows={items.filter(({ outcome }) => only === 'all' || outcome === only)}
          rowKey={({ integrationId }) => integrationId}
          href={({ integrationId }) => `/integrations/${integrationId}`}
          empty={
            <EmptyState icon={ClipboardCheck} title="None of these">
              No integration had this result.
            </EmptyState>
          }
        />
      </Card>
    </>
  );
}

function UnderWay({ report }: { report: VerificationReport }) {
  const { done, total } = report.progress;
  return (
    <Card title="Under way" description="The report is written when every integration was checked.">
      <ProgressBar
        label="Checked"
        value={done}
        max={Math.max(1, total)}
        text={`${done} of ${total} checked`}
      />
    </Card>
  );
}

/** The report of one verification, to be read, filtered, printed or sent as CSV. */
export function VerificationPage() {
  const { verificationId } = useParams({ from: '/shell/verification/$verificationId' });
  const { data, error, refetch } = useOperation(getVerification, { id: verificationId });
  const download = useOperationMutation(downloadVerification, {
    onSuccess: ({ name, contentType, content }) =>
      saveFile(name, contentType, new TextEncoder().encode(content)),
    onError: notifyError,
  });
  const isFinished = data?.state === 'finished';
  const subtitle = data?.counts
    ? resultSentence(data.counts)
    : data && `Started ${formatAbsolute(data.startedAt)}`;
  return (
    <>
      <PageHeader
        title={data ? `Verification of ${data.startedAt.slice(0, 10)}` : 'Verification'}
        live
        back={{ href: '/verification', label: 'Verification' }}
        subtitle={subtitle}
        actions={
          isFinished && (
            <>
              <Button variant="default" leftSection={<Printer aria-hidden />} onClick={() => window.print()}>
                Print or save as PDF
              </Button>
              <BusyButton
                variant="default"
                leftSection={<Download aria-hidden />}
                busy={download.isPending}
                onClick={() => download.mutate({ id: verificationId })}
              >
                Download CSV
              </BusyButton>
            </>
          )
        }
      />
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton height={320} />}
      {data && (isFinished ? <Findings report={data} /> : <UnderWay report={data} />)}
    </>
  );
}
