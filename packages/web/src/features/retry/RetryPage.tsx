import { NumberInput, Skeleton, Switch } from '@mantine/core';
import { getRetryConfig, updateRetryConfig } from '@trunkline/contract/retry';
import type { RetryConfig } from '@trunkline/contract/retry';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { AppLink } from '../../components/AppLink.tsx';
import { Card } from '../../components/Card.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { Notice } from '../../components/Notice.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Stack } from '../../components/Stack.tsx';
import { StickySaveBar } from '../../components/StickySaveBar.tsx';
import type { ApiError } from '../../lib/api-error.ts';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { notifyDone } from '../../lib/notify.ts';
import { useCan } from '../../lib/session.ts';
import { RetryPolicyFields, policyProblems } from './RetryPolicyFields.tsx';
import { SchedulePicture } from './SchedulePicture.tsx';
import classes from './RetryPage.module.css';

type Draft = Omit<RetryConfig, 'fixedDelaySeconds'>;
type Problems = Partial<Record<keyof Draft, string>>;

function problemsOf(draft: Draft): Problems {
  const days = draft.dlqRetentionDays;
  const isOk = !draft.enableDlq || (Number.isInteger(days) && days >= 1 && days <= 90);
  return { ...policyProblems(draft), ...(isOk ? {} : { dlqRetentionDays: 'A whole number from 1 to 90' }) };
}

/** Field errors of the server's answer by field; `rest` is what no field shows. */
function serverProblems(error: ApiError, draft: Draft): { fields: Problems; rest: string | null } {
  const fields: Problems = {};
  const others: string[] = [];
  for (const { pointer, detail } of error.errors) {
    const field = pointer.slice(1);
    if (field in draft) fields[field as keyof Draft] = detail;
    else others.push(detail);
  }
  if (Object.keys(fields).length > 0) return { fields, rest: others[0] ?? 'Some fields need another look.' };
  return { fields, rest: others[0] ?? error.detail };
}

function RetryForm({ saved }: { saved: Draft }) {
  const may = useCan('retry.write');
  const [changes, setChanges] = useState<Partial<Draft>>({});
  const [refused, setRefused] = useState<Problems>({});
  const [problem, setProblem] = useState<string | null>(null);
  const draft: Draft = { ...saved, ...changes };
  const problems: Problems = { ...problemsOf(draft), ...refused };
  const dirty = (Object.keys(changes) as (keyof Draft)[]).some((key) => changes[key] !== saved[key]);

  const save = useOperationMutation(updateRetryConfig, {
    invalidates: [getRetryConfig],
    onSuccess: () => notifyDone('Retry settings saved'),
    onError: (error) => {
      const { fields, rest } = serverProblems(error, draft);
      setRefused(fields);
      setProblem(rest);
    },
  });

  function change(next: Partial<Draft>): void {
    setChanges({ ...changes, ...next });
    setRefused({});
    setProblem(null);
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!may || !dirty || save.isPending) return;
    if (Object.keys(problemsOf(draft)).length > 0) {
      setProblem('Some fields need another look.');
      return;
    }
    const { dlqRetentionDays, ...others } = draft;
    const input = { ...others, ...(draft.enableDlq ? { dlqRetentionDays } : {}) };
    // Saved values come back by the query; until then the draft is what was saved.
    await save.mutateAsync(input).then(
      () => setChanges({}),
      () => undefined,
    );
  }

  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack>
        {!may && (
          <Notice tone="disabled" title="You can see these settings">
            Only a system administrator changes when deliveries are retried.
          </Notice>
        )}
        <div className={classes.columns}>
          <Stack>
            <Card title="Retry policy" description="For every webhook that has no policy of its own.">
              <RetryPolicyFields value={draft} onChange={change} errors={problems} readOnly={!may} />
            </Card>
            <Card
              title="Dead-letter queue"
              description={
                <>
                  Where deliveries go when the last attempt failed.{' '}
                  <AppLink href="/dead-letters">Open it</AppLink>
                </>
              }
            >
              <Stack>
                <Switch
                  label="Keep failed deliveries in the dead-letter queue"
                  description={
                    draft.enableDlq
                      ? 'They wait there until somebody retries or clears them.'
                      : 'Off: after the last attempt a delivery is marked as failed and is not kept for a retry.'
                  }
                  checked={draft.enableDlq}
                  onChange={(event) => change({ enableDlq: event.currentTarget.checked })}
                  disabled={!may}
                />
                {draft.enableDlq && (
                  <NumberInput
                    className={classes.days}
                    label="Retention"
                    description="Older dead letters are removed, 1 to 90 days."
                    value={Number.isFinite(draft.dlqRetentionDays) ? draft.dlqRetentionDays : ''}
                    onChange={(next) =>
                      change({ dlqRetentionDays: typeof next === 'number' ? next : Number.NaN })
                    }
                    min={1}
                    max={90}
                    clampBehavior="none"
                    allowDecimal={false}
                    allowNegative={false}
                    hideControls
                    readOnly={!may}
                    error={problems.dlqRetentionDays}
                    rightSection={<span className={classes.unit}>days</span>}
                    rightSectionWidth={52}
                    rightSectionPointerEvents="none"
                  />
                )}
              </Stack>
            </Card>
          </Stack>
          <div className={classes.aside}>
            <Card title="Schedule" description="What these settings do to a delivery that keeps failing.">
              <Stack gap={12}>
                <SchedulePicture policy={draft} />
                <ul className={classes.notes}>
                  <li>An endpoint may ask for a longer wait with Retry-After, up to 24 hours.</li>
                  <li>410 Gone ends a delivery at once and switches its webhook off.</li>
                  <li>
                    {draft.enableDlq
                      ? 'After the last attempt the delivery becomes a dead letter.'
                      : 'After the last attempt the delivery is given up.'}
                  </li>
                </ul>
              </Stack>
            </Card>
          </div>
        </div>
      </Stack>
      <StickySaveBar
        dirty={may && dirty}
        saving={save.isPending}
        onReset={() => {
          setChanges({});
          setRefused({});
          setProblem(null);
        }}
        error={problem}
      />
    </form>
  );
}

function FormSkeleton() {
  return (
    <div className={classes.columns} aria-busy="true" aria-label="Loading the settings">
      <Card title="Retry policy">
        <Stack>
          {[90, 60, 60, 34].map((width, index) => (
            <Skeleton key={index} height={34} width={`${width}%`} />
          ))}
        </Stack>
      </Card>
      <div className={classes.aside}>
        <Card title="Schedule">
          <Skeleton height={180} />
        </Card>
      </div>
    </div>
  );
}

/** `/retries`: the organization's retry policy and dead-letter settings (US AC-5). */
export function RetryPage() {
  const config = useOperation(getRetryConfig, {});
  const saved = config.data;
  return (
    <>
      <PageHeader
        title="Retries"
        subtitle="When a failed delivery is tried again, and when it is given up."
      />
      {saved ? (
        <RetryForm saved={draftOf(saved)} />
      ) : config.error ? (
        <Card flush>
          <ErrorState error={config.error} onRetry={() => void config.refetch()} />
        </Card>
      ) : (
        <FormSkeleton />
      )}
    </>
  );
}

function draftOf({ fixedDelaySeconds: _older, ...config }: RetryConfig): Draft {
  return config;
}
