import { Button, Modal, TextInput } from '@mantine/core';
import { completeAction, getAction, listActions, retryAction } from '@trunkline/contract/actions';
import type { ActionDetail } from '@trunkline/contract/actions';
import { listLastResorts, payrollResultDays } from '@trunkline/contract/last-resorts';
import { Check, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { DialogFooter } from '../../components/DialogFooter.tsx';
import { FormError } from '../../components/FormError.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import type { ApiError } from '../../lib/api-error.ts';
import { notifyDone, notifyError } from '../../lib/notify.ts';
import { lastResortWords } from '../failover/failover-words.ts';
import { mayNotRun } from './action-words.ts';
import { todoItems } from './todo-items.ts';
import classes from './ActionsPage.module.css';

const invalidates = [getAction, listActions, listLastResorts];

/** What holds an action since everybody failed, since when, and what a person can do about it. */
export function LastResort({ action }: { action: ActionDetail }) {
  const [completing, setCompleting] = useState(false);
  const retry = useOperationMutation(retryAction, {
    invalidates,
    onSuccess: () => notifyDone('Trying again', 'The integrations are asked once more.'),
    onError: notifyError,
  });
  const { id, lastResort, lastResortAt, status, todo } = action;
  if (lastResort === null) return null;
  if (status !== 'queued') return <p className={classes.meaning}>{lastResortWords[lastResort].was}</p>;
  return (
    <Stack>
      <Notice tone="degraded" title={lastResortWords[lastResort].title}>
        {lastResortWords[lastResort].does} Since {lastResortAt && <RelativeTime at={lastResortAt} />}.
      </Notice>
      {todo !== null && <KeyValueList items={todoItems(todo)} />}
      <span className={classes.bulkActions}>
        {lastResort === 'by_hand' && (
          <LockedAction permission="action.run" reason={mayNotRun}>
            <Button size="xs" leftSection={<Check aria-hidden />} onClick={() => setCompleting(true)}>
              Mark as done
            </Button>
          </LockedAction>
        )}
        <LockedAction permission="action.run" reason={mayNotRun}>
          <BusyButton
            size="xs"
            variant="default"
            busy={retry.isPending}
            leftSection={<RotateCcw aria-hidden />}
            onClick={() => retry.mutate({ id })}
          >
            Try the integrations again
          </BusyButton>
        </LockedAction>
      </span>
      <CompleteDialog id={id} opened={completing} onClose={() => setCompleting(false)} />
    </Stack>
  );
}

function CompleteDialog({ id, opened, onClose }: { id: string; opened: boolean; onClose: () => void }) {
  const [url, setUrl] = useState('');
  const [error, setError] = useState<ApiError | null>(null);
  const complete = useOperationMutation(completeAction, {
    invalidates,
    onSuccess: () => {
      notifyDone('Done by hand', 'The action has ended.');
      onClose();
    },
    onError: setError,
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    setError(null);
    complete.mutate({ id, url: url.trim() === '' ? null : url.trim() });
  }

  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Mark as done"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <Stack>
          <FormError message={error === null ? null : (error.errors[0]?.detail ?? error.detail)} />
          <TextInput
            label="Link"
            description="Where it can be seen; may stay empty."
            type="url"
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
          />
          <DialogFooter>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <BusyButton type="submit" busy={complete.isPending}>
              Mark as done
            </BusyButton>
          </DialogFooter>
        </Stack>
      </form>
    </Modal>
  );
}

/** The file that an action wrote, for those who may see results. */
export function ResultFile({ result }: { result: unknown }) {
  const file = fileOf(result);
  if (file === null) return null;
  return (
    <div>
      <Button
        size="xs"
        variant="default"
        component="a"
        download={file.name}
        href={`data:${file.contentType};base64,${file.content}`}
      >
        Download {file.name}
      </Button>
      <p className={classes.meaning}>Kept here for {payrollResultDays} days, because it may hold salaries.</p>
    </div>
  );
}

function fileOf(result: unknown): { name: string; contentType: string; content: string } | null {
  if (typeof result !== 'object' || result === null || !('file' in result)) return null;
  const { file } = result as { file: { name: string; contentType: string; content: string } | null };
  return file;
}
