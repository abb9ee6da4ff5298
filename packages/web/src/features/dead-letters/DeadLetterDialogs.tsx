import { Button, Modal } from '@mantine/core';
import type { DeadLetter } from '@trunkline/contract/dead-letters';
import { useState } from 'react';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { DialogFooter } from '../../components/DialogFooter.tsx';
import { Notice } from '../../components/Notice.tsx';
import { Stack } from '../../components/Stack.tsx';
import { countOf, formatNumber } from '../../lib/format.ts';
import { BulkForm } from '../bulk-jobs/BulkForm.tsx';
import type { BulkRun, Started } from '../bulk-jobs/BulkForm.tsx';
import { lineWords } from './line-words.ts';
import { useTroubledEndpoints } from './troubled-endpoints.ts';
import type { Scope, TroubledEndpoint } from './troubled-endpoints.ts';

/** As many ids fit into one call. */
export const pickedAtMost = 1000;

/** The scope of an open dialog; while it closes, the one it had. */
function useLastScope(scope: Scope | null): Scope | null {
  const [last, setLast] = useState(scope);
  if (scope && scope !== last) setLast(scope);
  return scope ?? last;
}

function sizeOf(scope: Scope): number {
  return scope.kind === 'all' ? scope.total : scope.rows.length;
}

function namesOf(endpoints: readonly TroubledEndpoint[]) {
  return endpoints.map(({ webhookId, name, status }, index) => (
    <span key={webhookId}>
      {index > 0 && (index === endpoints.length - 1 ? ' and ' : ', ')}
      {status === 'deleted' ? name : <AppLink href={`/webhooks/${webhookId}`}>{name}</AppLink>}
    </span>
  ));
}

const sumOf = (endpoints: readonly TroubledEndpoint[]) =>
  endpoints.reduce((sum, { count }) => sum + count, 0);

function FailingWarning({ endpoints }: { endpoints: TroubledEndpoint[] }) {
  if (endpoints.length === 0) return null;
  const count = sumOf(endpoints);
  return (
    <Notice
      tone="degraded"
      title={
        endpoints.length === 1
          ? `${endpoints[0]?.name} is failing`
          : `${countOf(endpoints.length, 'endpoint', 'endpoints')} are failing`
      }
    >
      {countOf(count, 'of them goes', 'of them go')} to {namesOf(endpoints)}, whose last deliveries failed. A
      retry will probably fail again: check the endpoint first.
    </Notice>
  );
}

function OffWarning({ endpoints }: { endpoints: TroubledEndpoint[] }) {
  if (endpoints.length === 0) return null;
  const count = sumOf(endpoints);
  const off = endpoints.filter(({ status }) => status === 'disabled');
  const deleted = endpoints.filter(({ status }) => status === 'deleted');
  return (
    <Notice tone="disabled" title={`${countOf(count, 'stays', 'stay')} in the queue, not retried`}>
      {off.length > 0 && (
        <>
          {namesOf(off)} {off.length === 1 ? 'is' : 'are'} switched off.{' '}
        </>
      )}
      {deleted.length > 0 && (
        <>
          {namesOf(deleted)} {deleted.length === 1 ? 'is' : 'are'} deleted.
        </>
      )}
    </Notice>
  );
}

export interface RetryDialogProps {
  /** Null while the dialog is closed. */
  scope: Scope | null;
  loaded: readonly DeadLetter[];
  /** All rows that the filter matches are loaded. */
  isComplete: boolean;
  onClose: () => void;
  onRetryOne: (row: DeadLetter) => Promise<unknown>;
  /** Counts or starts the retry of several. */
  onRun: (scope: Scope, options: BulkRun, signal?: AbortSignal) => Promise<Started>;
  onStarted: (scope: Scope, started: Started) => Promise<unknown>;
}

/** Asks before a retry of several, or of one whose endpoint is in trouble (no blind retry into a dead endpoint). */
export function RetryDialog(props: RetryDialogProps) {
  const { scope: wanted, loaded, isComplete, onClose, onRetryOne, onRun, onStarted } = props;
  const scope = useLastScope(wanted);
  const opened = wanted !== null;
  const troubled = useTroubledEndpoints(scope, loaded, isComplete);
  if (!scope) return null;
  const size = sizeOf(scope);
  const failing = (troubled ?? []).filter(({ status }) => status === 'failing');
  const off = (troubled ?? []).filter(({ status }) => status !== 'failing');
  const count = Math.max(0, size - sumOf(off));

  if (troubled && count === 0) {
    return (
      <Modal opened={opened} onClose={onClose} title="Nothing can be retried now">
        <Stack gap={12}>
          <OffWarning endpoints={off} />
          <p>Switch the webhook on; then its dead letters can be retried.</p>
        </Stack>
        <DialogFooter>
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
        </DialogFooter>
      </Modal>
    );
  }
  const warnings =
    troubled === undefined ? (
      <p role="status">Checking the endpoints…</p>
    ) : (
      <>
        <FailingWarning endpoints={failing} />
        <OffWarning endpoints={off} />
      </>
    );
  const lines = scope.kind === 'rows' ? lineWords(scope.rows, 'retry') : null;
  const [only] = scope.kind === 'rows' ? scope.rows : [];
  if (only && size === 1) {
    return (
      <ConfirmDialog
        opened={opened}
        onClose={onClose}
        title="Retry 1 dead letter?"
        confirmLabel="Retry 1 dead letter"
        onConfirm={() => onRetryOne(only)}
      >
        <Stack gap={12}>
          <p>
            It is sent again now, with the same payload and message id. When it arrives, it leaves the queue;
            when it fails again, it stays. {lines}
          </p>
          {warnings}
        </Stack>
      </ConfirmDialog>
    );
  }
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={`Retry ${countOf(count, 'dead letter', 'dead letters')}?`}
      size={520}
    >
      <BulkForm
        kind="retry_dead_letters"
        verb="Retry"
        what={scope.kind === 'all' ? `all ${scope.webhookId ?? ''}` : 'rows'}
        nothing="None of them can be retried now."
        run={(options, signal) => onRun(scope, options, signal)}
        onClose={onClose}
        onStarted={(started) => onStarted(scope, started)}
      >
        <p>
          They are sent again, with the same payloads and message ids. What arrives leaves the queue; what
          fails again stays. {lines}
        </p>
        {scope.kind === 'rows' && size > pickedAtMost && (
          <Notice tone="degraded" title={`The first ${formatNumber(pickedAtMost)} of them`}>
            As many can be picked by hand. Use “Retry all” for more.
          </Notice>
        )}
        {warnings}
      </BulkForm>
    </Modal>
  );
}

/** Asks before dead letters are removed. */
export function ClearDialog({
  scope: wanted,
  onClose,
  onConfirm,
}: {
  /** Null while the dialog is closed. */
  scope: Scope | null;
  onClose: () => void;
  onConfirm: (scope: Scope) => Promise<unknown>;
}) {
  const scope = useLastScope(wanted);
  const opened = wanted !== null;
  if (!scope) return null;
  const size = sizeOf(scope);
  const what = countOf(size, 'dead letter', 'dead letters');
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={`Clear ${what}?`}
      confirmLabel={`Clear ${what}`}
      danger
      onConfirm={() => onConfirm(scope)}
    >
      <p>
        {size === 1 ? 'It is' : 'They are'} removed from the queue without another attempt. This cannot be
        undone. The audit log keeps who did it.{' '}
        {scope.kind === 'rows' ? lineWords(scope.rows, 'clear') : 'Lines that they stop go on.'}
      </p>
    </ConfirmDialog>
  );
}
