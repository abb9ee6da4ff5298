import { Button, Loader, Modal, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { getDeliveryHistory, recoverWebhook } from '@trunkline/contract/deliveries';
import { getWebhook } from '@trunkline/contract/webhooks';
import type { Webhook } from '@trunkline/contract/webhooks';
import { useEffect, useState } from 'react';
import { DialogFooter } from '../../components/DialogFooter.tsx';
import { FilterChips } from '../../components/FilterChips.tsx';
import { FormError } from '../../components/FormError.tsx';
import { Stack } from '../../components/Stack.tsx';
import { callOperation, invalidateOperations } from '../../lib/api.ts';
import { toApiError } from '../../lib/api-error.ts';
import type { ApiError } from '../../lib/api-error.ts';
import { formatNumber } from '../../lib/format.ts';
import { notifyDone } from '../../lib/notify.ts';
import { fromLocalInput, toLocalInput } from './local-time.ts';
import classes from './RecoverDialog.module.css';

const presets = { '1h': 3_600_000, '24h': 86_400_000, '7d': 7 * 86_400_000 };
type Choice = keyof typeof presets | 'own';

function events(count: number): string {
  return count === 1 ? '1 event' : `${formatNumber(count)} events`;
}

/** What would be sent since a time; asked anew whenever the time changes. */
function useDryRun(id: string, since: string | null) {
  const [count, setCount] = useState<number | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => {
    setCount(null);
    setError(null);
    if (since === null) return;
    const abort = new AbortController();
    callOperation(recoverWebhook, { id, since, dryRun: true }, { signal: abort.signal }).then(
      (result) => {
        if (!abort.signal.aborted) setCount(result.count);
      },
      (thrown: unknown) => {
        if (!abort.signal.aborted) setError(toApiError(thrown));
      },
    );
    return () => abort.abort();
  }, [id, since]);
  return { count, error };
}

interface RecoverProps {
  webhook: Webhook;
  onClose: () => void;
  /** Called once the history has been read again. */
  onDone: () => void;
}

function RecoverForm({ webhook, onClose, onDone }: RecoverProps) {
  const client = useQueryClient();
  // The presets count back from the moment the dialog opened, so that counting and sending agree.
  const [openedAt] = useState(() => Date.now());
  const [choice, setChoice] = useState<Choice>('24h');
  const [typed, setTyped] = useState(() => toLocalInput(openedAt - presets['24h']));
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<ApiError | null>(null);
  const typedAt = fromLocalInput(typed);
  const at = choice === 'own' ? typedAt : openedAt - presets[choice];
  const problem = at === null ? 'Enter a date and time' : at > openedAt ? 'This is in the future' : null;
  const since = at === null || problem ? null : new Date(at).toISOString();
  const { count, error } = useDryRun(webhook.id, since);

  async function start(): Promise<void> {
    if (since === null) return;
    setBusy(true);
    setFailed(null);
    try {
      const result = await callOperation(recoverWebhook, { id: webhook.id, since });
      await invalidateOperations(client, [getDeliveryHistory, getWebhook]);
      onDone();
      notifyDone(`${events(result.count)} sent to the queue`, webhook.name);
      onClose();
    } catch (thrown) {
      setFailed(toApiError(thrown));
    } finally {
      setBusy(false);
    }
  }

  const shown = failed ?? error;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (count && !busy) void start();
      }}
    >
      <Stack>
        <p>
          Delivers every event since a time that matches its subscription and that this webhook has not
          received: missed while it was off, or before it existed. What waits or lies in the dead letters is
          not sent twice.
        </p>
        <FilterChips<Choice>
          label="Since"
          value={choice}
          onChange={setChoice}
          chips={[
            { value: '1h', label: 'Last hour' },
            { value: '24h', label: 'Last 24 hours' },
            { value: '7d', label: 'Last 7 days' },
            { value: 'own', label: 'Since…' },
          ]}
        />
        {choice === 'own' && (
          <TextInput
            label="Since"
            type="datetime-local"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            error={problem}
          />
        )}
        {!shown && (
          <p className={classes.count} role="status">
            {problem ? (
              'Choose a time to count from.'
            ) : count === null ? (
              <>
                <Loader size={14} aria-hidden /> Counting…
              </>
            ) : count === 0 ? (
              'Nothing is missing since then.'
            ) : (
              `${events(count)} would be sent.`
            )}
          </p>
        )}
        <FormError message={shown?.detail ?? null} requestId={shown?.requestId ?? null} />
      </Stack>
      <DialogFooter>
        <Button variant="default" onClick={onClose} disabled={busy}>
          Cancel
        </Button>
        <Button type="submit" loading={busy} disabled={!count}>
          {count ? `Recover ${events(count)}` : 'Recover'}
        </Button>
      </DialogFooter>
    </form>
  );
}

/** Sends what a webhook has missed since a time; counts first (WH-5). */
export function RecoverDialog({ opened, ...props }: RecoverProps & { opened: boolean }) {
  return (
    <Modal opened={opened} onClose={props.onClose} title="Recover missed events" size={520}>
      <RecoverForm {...props} />
    </Modal>
  );
}
