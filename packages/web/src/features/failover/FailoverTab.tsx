import { Button, NumberInput, Select, Skeleton, Switch } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import {
  getFailoverConfig,
  listFailover,
  restorePrimary,
  retryCopyBack,
  triggerFailover,
  updateFailoverConfig,
} from '@trunkline/contract/failover';
import type { FailoverConfig, FailoverMember } from '@trunkline/contract/failover';
import { getIntegration, testIntegration } from '@trunkline/contract/integrations';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { Stack } from '../../components/Stack.tsx';
import { StickySaveBar } from '../../components/StickySaveBar.tsx';
import { UnsavedGuard } from '../../components/UnsavedGuard.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { notifyDone, notifyError } from '../../lib/notify.ts';
import { useCan } from '../../lib/session.ts';
import { lockedReasons } from '../integrations/reasons.ts';
import { ButtonLink } from '../webhooks/ButtonLink.tsx';
import { MakePrimaryDialog } from './MakePrimaryDialog.tsx';
import { MemberBox } from './MemberBox.tsx';
import { SwitchLog } from './SwitchLog.tsx';
import { copyBackText, copyBackTitle, failoverLocked, overText } from './failover-words.ts';
import classes from './Failover.module.css';

type Draft = Pick<
  FailoverConfig,
  'enableAutoFailover' | 'failoverThreshold' | 'alertOnFailover' | 'autoRestore' | 'stabilityMinutes'
> & { backups: string[] };

function draftOf(config: FailoverConfig): Draft {
  const { enableAutoFailover, failoverThreshold, alertOnFailover, autoRestore, stabilityMinutes } = config;
  const backups = config.backups.map(({ id }) => id);
  return { backups, enableAutoFailover, failoverThreshold, alertOnFailover, autoRestore, stabilityMinutes };
}

/** A whole number of a range, or what is wrong. */
function numberProblem(value: number, least: number, most: number): string | null {
  return Number.isInteger(value) && value >= least && value <= most
    ? null
    : `A whole number from ${least} to ${most}`;
}

function TestButton({ member }: { member: FailoverMember }) {
  const test = useOperationMutation(testIntegration, {
    invalidates: [getFailoverConfig, listFailover, getIntegration],
    onSuccess: (report) =>
      notifyDone(
        report.ok ? 'The connection works' : (report.problem?.title ?? 'It does not work'),
        member.name,
      ),
    onError: notifyError,
  });
  return (
    <LockedAction permission="integration.write" reason={lockedReasons.write}>
      <BusyButton
        variant="default"
        size="xs"
        busy={test.isPending}
        onClick={() => test.mutate({ id: member.id })}
      >
        Test connection
      </BusyButton>
    </LockedAction>
  );
}

/** Backups of one integration and the rules for switching (US, “Failover Configuration”). */
export function FailoverTab({ integrationId }: { integrationId: string }) {
  const config = useOperation(getFailoverConfig, { integrationId });
  if (config.error) {
    return (
      <Card>
        <ErrorState error={config.error} onRetry={() => void config.refetch()} />
      </Card>
    );
  }
  if (!config.data) return <Skeleton height={320} radius="lg" aria-busy />;
  return <Loaded config={config.data} />;
}

function Loaded({ config }: { config: FailoverConfig }) {
  const { integrationId, primary } = config;
  const may = useCan('failover.write');
  const navigate = useNavigate();
  const stored = draftOf(config);
  const [changes, setChanges] = useState<Partial<Draft>>({});
  const [problem, setProblem] = useState<string | null>(null);
  const [rising, setRising] = useState<FailoverMember | null>(null);
  const draft: Draft = { ...stored, ...changes };
  const dirty = (Object.keys(changes) as (keyof Draft)[]).some(
    (key) => JSON.stringify(changes[key]) !== JSON.stringify(stored[key]),
  );
  const invalidates = [getFailoverConfig, listFailover, getIntegration];
  const save = useOperationMutation(updateFailoverConfig, {
    invalidates,
    onSuccess: () => notifyDone('Failover saved', primary.name),
    onError: (error) => setProblem(error.errors[0]?.detail ?? error.detail),
  });
  const trigger = useOperationMutation(triggerFailover, {
    invalidates,
    onSuccess: () => notifyDone('Switched to the backup', primary.name),
    onError: notifyError,
  });
  const restore = useOperationMutation(restorePrimary, {
    invalidates,
    onSuccess: () => notifyDone('Primary restored', primary.name),
    onError: notifyError,
  });
  const copy = useOperationMutation(retryCopyBack, {
    invalidates,
    onSuccess: () => notifyDone('Files are copied again', primary.name),
    onError: notifyError,
  });

  const known = new Map([...config.candidates, ...config.backups].map((member) => [member.id, member]));
  const backups = draft.backups.flatMap((id) => known.get(id) ?? []);
  const open = [...known.values()].filter(({ id }) => !draft.backups.includes(id));
  const thresholdProblem = numberProblem(draft.failoverThreshold, 1, 100);
  const stabilityProblem = numberProblem(draft.stabilityMinutes, 0, 1_440);
  const over = overText(config);
  const away = copyBackTitle(config.filesToCopyBack.waiting);

  function change(next: Partial<Draft>): void {
    setChanges({ ...changes, ...next });
    setProblem(null);
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!may || !dirty || save.isPending) return;
    if (thresholdProblem ?? stabilityProblem) {
      setProblem('Some fields need another look.');
      return;
    }
    const { backups: backupIntegrationIds, ...rules } = draft;
    await save.mutateAsync({ integrationId, backupIntegrationIds, ...rules }).then(
      () => setChanges({}),
      () => undefined,
    );
  }

  return (
    <Stack>
      <UnsavedGuard subject="these failover settings" isDirty={() => dirty} />
      {!may && (
        <Notice tone="disabled" title="You can look, but not change">
          {failoverLocked}
        </Notice>
      )}
      {over && (
        <Notice
          tone="degraded"
          title={over.title}
          role="status"
          actions={
            <LockedAction permission="failover.write" reason={failoverLocked}>
              <BusyButton busy={restore.isPending} onClick={() => restore.mutate({ integrationId })}>
                Restore primary
              </BusyButton>
            </LockedAction>
          }
        >
          {over.text}
        </Notice>
      )}
      {away && (
        <Notice
          tone={config.filesToCopyBack.givenUp > 0 ? 'degraded' : 'syncing'}
          title={away}
          role="status"
          actions={
            over === null && (
              <LockedAction permission="failover.write" reason={failoverLocked}>
                <BusyButton
                  variant="default"
                  busy={copy.isPending}
                  onClick={() => copy.mutate({ integrationId })}
                >
                  Copy again now
                </BusyButton>
              </LockedAction>
            )
          }
        >
          {copyBackText(config.filesToCopyBack, over !== null)}
        </Notice>
      )}
      <form className={classes.columns} noValidate onSubmit={(event) => void submit(event)}>
        <Stack>
          <Card title="Primary provider">
            <MemberBox
              member={primary}
              isActive={config.activeIntegrationId === integrationId}
              actions={<TestButton member={primary} />}
            />
          </Card>
          <Card
            title={backups.length > 1 ? 'Backup providers' : 'Backup provider'}
            description="Asked in this order when the one before cannot do it."
            actions={
              config.backups.length > 0 && !over ? (
                <LockedAction permission="failover.write" reason={failoverLocked}>
                  <BusyButton
                    variant="default"
                    busy={trigger.isPending}
                    onClick={() => trigger.mutate({ integrationId })}
                  >
                    Switch to backup
                  </BusyButton>
                </LockedAction>
              ) : undefined
            }
          >
            {backups.length === 0 && (
              <Notice tone="disabled" title="No backup is linked">
                {open.length === 0
                  ? 'Connect another integration that can do the same, then link it here.'
                  : 'Choose one below. Calls go through it when the primary fails.'}
              </Notice>
            )}
            <ul className={classes.list}>
              {backups.map((member) => (
                <li key={member.id}>
                  <MemberBox
                    member={member}
                    isActive={config.activeIntegrationId === member.id}
                    actions={
                      <>
                        <ButtonLink
                          variant="default"
                          size="xs"
                          href={`/integrations/${member.id}?tab=settings`}
                        >
                          Configure
                        </ButtonLink>
                        <TestButton member={member} />
                        <LockedAction permission="failover.write" reason={failoverLocked}>
                          <Button variant="default" size="xs" onClick={() => setRising(member)}>
                            Make primary
                          </Button>
                        </LockedAction>
                        {may && (
                          <Button
                            variant="subtle"
                            size="xs"
                            aria-label={`Remove ${member.name}`}
                            onClick={() =>
                              change({ backups: draft.backups.filter((id) => id !== member.id) })
                            }
                          >
                            Remove
                          </Button>
                        )}
                      </>
                    }
                  />
                </li>
              ))}
            </ul>
            {may && open.length > 0 && draft.backups.length < 5 && (
              <div className={classes.add}>
                <Select
                  label="Link a backup"
                  placeholder="Choose an integration"
                  data={open.map(({ id, name, provider }) => ({
                    value: id,
                    label: `${name} (${provider.name})`,
                  }))}
                  value={null}
                  onChange={(id) => {
                    if (id !== null) change({ backups: [...draft.backups, id] });
                  }}
                />
              </div>
            )}
          </Card>
          <Card title="Switches" flush>
            <SwitchLog rows={config.switches} />
          </Card>
        </Stack>
        <Card title="Failover settings">
          <Stack>
            <Switch
              label="Enable automatic failover"
              description="Off: calls fail with the primary."
              checked={draft.enableAutoFailover}
              disabled={!may}
              onChange={(event) => change({ enableAutoFailover: event.currentTarget.checked })}
            />
            <NumberInput
              className={classes.number}
              label="Trigger after consecutive failures"
              description="Checks and calls count together."
              value={Number.isFinite(draft.failoverThreshold) ? draft.failoverThreshold : ''}
              onChange={(next) => change({ failoverThreshold: typeof next === 'number' ? next : Number.NaN })}
              error={thresholdProblem}
              min={1}
              max={100}
              clampBehavior="none"
              allowDecimal={false}
              readOnly={!may}
            />
            <Switch
              label="Send alert on failover"
              checked={draft.alertOnFailover}
              disabled={!may}
              onChange={(event) => change({ alertOnFailover: event.currentTarget.checked })}
            />
            <Switch
              label="Auto-restore when primary recovers"
              description="Only after an automatic switch: what a person did stays."
              checked={draft.autoRestore}
              disabled={!may}
              onChange={(event) => change({ autoRestore: event.currentTarget.checked })}
            />
            {draft.autoRestore && (
              <NumberInput
                className={classes.number}
                label="Minutes that it has to work before"
                description="So that calls do not go to and fro."
                value={Number.isFinite(draft.stabilityMinutes) ? draft.stabilityMinutes : ''}
                onChange={(next) =>
                  change({ stabilityMinutes: typeof next === 'number' ? next : Number.NaN })
                }
                error={stabilityProblem}
                min={0}
                max={1_440}
                clampBehavior="none"
                allowDecimal={false}
                readOnly={!may}
              />
            )}
            <StickySaveBar
              dirty={dirty}
              saving={save.isPending}
              error={problem}
              saveLabel="Save configuration"
              onReset={() => {
                setChanges({});
                setProblem(null);
              }}
            />
          </Stack>
        </Card>
      </form>
      <MakePrimaryDialog
        member={rising}
        former={primary}
        onClose={() => setRising(null)}
        onDone={() => {
          if (rising) {
            void navigate({
              to: '/integrations/$integrationId',
              params: { integrationId: rising.id },
              search: { tab: 'failover' },
            });
          }
        }}
      />
    </Stack>
  );
}
