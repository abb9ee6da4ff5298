import { Button, Loader, NumberInput } from '@mantine/core';
import type { BulkJob, BulkStarted } from '@trunkline/contract/bulk-jobs';
import type { z } from 'zod';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { DialogFooter } from '../../components/DialogFooter.tsx';
import { FormError } from '../../components/FormError.tsx';
import { Stack } from '../../components/Stack.tsx';
import { toApiError } from '../../lib/api-error.ts';
import type { ApiError } from '../../lib/api-error.ts';
import { jobCount, rateProblem } from './bulk-words.ts';
import classes from './BulkForm.module.css';

export type Started = z.infer<typeof BulkStarted>;

/** How an act is to be run. */
export interface BulkRun {
  dryRun: boolean;
  /** Deliveries queued a second; absent: as fast as possible. */
  ratePerSecond?: number;
}

export interface BulkFormProps {
  kind: BulkJob['kind'];
  /** `Recover`, `Replay`, `Retry`; the count follows. */
  verb: string;
  /** Says what is counted, such as the time to count from: another one counts anew. Null: nothing to count yet. */
  what: string | null;
  /** Shown instead of a count while `what` is null. */
  missing?: string;
  /** Said when the count is 0. */
  nothing: string;
  run: (options: BulkRun, signal?: AbortSignal) => Promise<Started>;
  onClose: () => void;
  /** Called after the start; the dialog closes when it is over. */
  onStarted: (started: Started) => Promise<unknown> | void;
  /** What the act does, and its own choices. */
  children: ReactNode;
}

/** What would be queued; asked anew whenever `what` changes. */
function useDryRun(what: string | null, run: BulkFormProps['run']) {
  const [count, setCount] = useState<number | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    setCount(null);
    setError(null);
    if (what === null) return;
    const abort = new AbortController();
    latest.current({ dryRun: true }, abort.signal).then(
      (result) => {
        if (!abort.signal.aborted) setCount(result.count);
      },
      (thrown: unknown) => {
        if (!abort.signal.aborted) setError(toApiError(thrown));
      },
    );
    return () => abort.abort();
  }, [what]);
  return { count, error };
}

/** The form of every act on many deliveries: counts first, takes a rate, then starts. */
export function BulkForm(props: BulkFormProps) {
  const { kind, verb, what, missing = '', nothing, run, onClose, onStarted, children } = props;
  const { count, error } = useDryRun(what, run);
  const [rate, setRate] = useState(Number.NaN);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<ApiError | null>(null);
  const problem = rateProblem(rate);
  const shown = failed ?? error;

  async function start(): Promise<void> {
    setBusy(true);
    setFailed(null);
    try {
      await onStarted(await run({ dryRun: false, ...(Number.isNaN(rate) ? {} : { ratePerSecond: rate }) }));
      onClose();
    } catch (thrown) {
      setFailed(toApiError(thrown));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (count && !busy && !problem) void start();
      }}
    >
      <Stack>
        {children}
        {!error && (
          <p className={classes.count} role="status">
            {what === null ? (
              missing
            ) : count === null ? (
              <>
                <Loader size={14} aria-hidden /> Counting…
              </>
            ) : count === 0 ? (
              nothing
            ) : (
              `${jobCount(kind, count)} would be sent.`
            )}
          </p>
        )}
        <NumberInput
          className={classes.rate}
          label="Rate, a second"
          description="Empty: as fast as the endpoint takes them."
          placeholder="No limit"
          value={Number.isNaN(rate) ? '' : rate}
          onChange={(next) => setRate(typeof next === 'number' ? next : Number.NaN)}
          min={1}
          max={10_000}
          clampBehavior="none"
          allowDecimal={false}
          allowNegative={false}
          thousandSeparator=","
          error={problem}
        />
        <FormError message={shown?.detail ?? null} requestId={shown?.requestId ?? null} />
      </Stack>
      <DialogFooter>
        <Button variant="default" onClick={onClose} disabled={busy}>
          Cancel
        </Button>
        <BusyButton type="submit" busy={busy} disabled={!count || problem !== null}>
          {count ? `${verb} ${jobCount(kind, count)}` : verb}
        </BusyButton>
      </DialogFooter>
    </form>
  );
}
