import { Button } from '@mantine/core';
import { endOtherSessions, endSession, listSessions } from '@trunkline/contract/account';
import type { OutputOf } from '@trunkline/contract/operation';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { CellText } from '../../components/CellText.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { notifyDone } from '../../lib/notify.ts';
import classes from './AccountPage.module.css';

type Session = OutputOf<typeof listSessions>['sessions'][number];

const methodWords: Record<Session['method'], string> = {
  password: 'Password',
  passkey: 'Passkey',
  sso: 'Single sign-on',
};

function sessionColumns(onEnd: (session: Session) => void): Column<Session>[] {
  return [
    {
      key: 'browser',
      header: 'Browser',
      rowHeader: true,
      cell: (row) => (
        <CellText
          primary={
            <>
              {row.browser}
              {row.current && <span className={classes.here}>This session</span>}
            </>
          }
          secondary={row.address ?? 'Unknown address'}
        />
      ),
    },
    { key: 'method', header: 'Signed in by', cell: (row) => methodWords[row.method] },
    { key: 'since', header: 'Since', cell: (row) => <RelativeTime at={row.startedAt} /> },
    { key: 'seen', header: 'Last seen', cell: (row) => <RelativeTime at={row.lastSeenAt} /> },
    {
      key: 'actions',
      header: 'Actions',
      hideHeader: true,
      align: 'end',
      narrow: 'full',
      cell: (row) =>
        row.current ? null : (
          <Button size="xs" variant="default" onClick={() => onEnd(row)}>
            End
          </Button>
        ),
    },
  ];
}

/** Where the person is signed in, and signing out there. */
export function SessionsCard() {
  const query = useOperation(listSessions, {}, { refetchInterval: 60_000 });
  const [ending, setEnding] = useState<Session | null>(null);
  const [endingAll, setEndingAll] = useState(false);
  const end = useOperationMutation(endSession, { invalidates: [listSessions] });
  const endOthers = useOperationMutation(endOtherSessions, { invalidates: [listSessions] });
  const sessions = query.data?.sessions ?? [];
  return (
    <Card
      flush
      title="Where you are signed in"
      description="A session ends by itself after seven days without use."
      actions={
        sessions.length > 1 && (
          <Button variant="default" onClick={() => setEndingAll(true)}>
            Sign out everywhere else
          </Button>
        )
      }
    >
      <DataTable
        caption="Sessions"
        rows={sessions}
        rowKey={(row) => row.id}
        isPending={query.isPending}
        error={query.error}
        onRetry={() => void query.refetch()}
        empty={<EmptyState title="No sessions" />}
        columns={sessionColumns(setEnding)}
      />
      <ConfirmDialog
        opened={ending !== null}
        onClose={() => setEnding(null)}
        title={`End the session of ${ending?.browser ?? 'this browser'}?`}
        confirmLabel="End session"
        onConfirm={async () => {
          if (!ending) return;
          await end.mutateAsync({ id: ending.id });
          notifyDone('Session ended');
        }}
      >
        Whoever uses it is signed out with their next click. If it was not you, change your password too.
      </ConfirmDialog>
      <ConfirmDialog
        opened={endingAll}
        onClose={() => setEndingAll(false)}
        title="Sign out everywhere else?"
        confirmLabel="Sign out everywhere else"
        onConfirm={async () => {
          const { ended } = await endOthers.mutateAsync({});
          notifyDone(`${ended} session${ended === 1 ? '' : 's'} ended`);
        }}
      >
        All your sessions but this one end.
      </ConfirmDialog>
    </Card>
  );
}
