import { Button, Modal } from '@mantine/core';
import type { DeadLetter } from '@trunkline/contract/dead-letters';
import { useState } from 'react';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { DialogFooter } from '../../components/DialogFooter.tsx';
import { Notice } from '../../components/Notice.tsx';
import { Stack } from '../../components/Stack.tsx';
import { countOf } from './settled-retries.ts';
import { useTroubledEndpoints } from './troubled-endpoints.ts';
import type { Scope, TroubledEndpoint } from './troubled-endpoints.ts';

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

export interface ScopeDialogProps {
  /** Null while the dialog is closed. */
  scope: Scope | null;
  loaded: readonly DeadLetter[];
  /** All rows that the filter matches are loaded. */
  isComplete: boolean;
  onClose: () => void;
  onConfirm: (scope: Scope) => Promise<unknown>;
}

/** Asks before a retry of several, or of one whose endpoint is in trouble (no blind retry into a dead endpoint). */
export function RetryDialog({ scope: wanted, loaded, isComplete, onClose, onConfirm }: ScopeDialogProps) {
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
  const what = countOf(count, 'dead letter', 'dead letters');
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={`Retry ${what}?`}
      confirmLabel={`Retry ${what}`}
      onConfirm={() => onConfirm(scope)}
    >
      <Stack gap={12}>
        <p>
          {count === 1 ? 'It is' : 'They are'} sent again now, with the same payload and message id. What
          arrives leaves the queue; what fails again stays.
        </p>
        {troubled === undefined ? (
          <p role="status">Checking the endpoints…</p>
        ) : (
          <>
            <FailingWarning endpoints={failing} />
            <OffWarning endpoints={off} />
          </>
        )}
      </Stack>
    </ConfirmDialog>
  );
}

/** Asks before dead letters are removed. */
export function ClearDialog({
  scope: wanted,
  onClose,
  onConfirm,
}: Pick<ScopeDialogProps, 'scope' | 'onClose' | 'onConfirm'>) {
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
      {size === 1 ? 'It is' : 'They are'} removed from the queue without another attempt. This cannot be
      undone. The audit log keeps who did it.
    </ConfirmDialog>
  );
}
