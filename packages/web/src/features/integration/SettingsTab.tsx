import { Radio } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ProviderDetail } from '@trunkline/contract/catalog';
import { updateIntegration } from '@trunkline/contract/integrations';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { useRef, useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { Notice } from '../../components/Notice.tsx';
import { Stack } from '../../components/Stack.tsx';
import { StickySaveBar } from '../../components/StickySaveBar.tsx';
import { UnsavedGuard } from '../../components/UnsavedGuard.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { notifyDone } from '../../lib/notify.ts';
import { useCan } from '../../lib/session.ts';
import { InterviewsCard } from '../automations/InterviewsCard.tsx';
import { NotificationsCard } from '../automations/NotificationsCard.tsx';
import { IntegrationWebhookCard } from '../inbound/IntegrationWebhookCard.tsx';
import { LimitFields } from '../integrations/connect/LimitFields.tsx';
import { focusFirstError } from '../integrations/connect/focus-first-error.ts';
import { putIntegration } from '../integrations/integration-cache.ts';
import { lockedReasons } from '../integrations/reasons.ts';
import { SettingFields } from './SettingFields.tsx';
import { UsageBars } from './UsageBars.tsx';
import { changedSettings, limitAdvice, settingErrors, settingProblems } from './setting-rules.ts';
import type { SettingsForm } from './setting-rules.ts';
import { unitOf } from './usage-words.ts';
import classes from './IntegrationPage.module.css';

export interface SettingsTabProps {
  integration: IntegrationDetail;
  provider: ProviderDetail;
}

function formOf({ settings, limits }: IntegrationDetail): SettingsForm {
  return { settings, limits };
}

/** What an integration does and how much it may do (CONN-2, CONN-4). */
export function SettingsTab({ integration, provider }: SettingsTabProps) {
  const client = useQueryClient();
  const may = useCan('integration.write');
  const root = useRef<HTMLFormElement>(null);
  // Null: nothing is typed, and what others save is shown at once.
  const [typed, setTyped] = useState<SettingsForm | null>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<string | null>(null);
  const stored = formOf(integration);
  const form = typed ?? stored;
  const changes = changedSettings(stored, form);
  const dirty = Object.keys(changes).length > 0;
  const unit = unitOf(integration.authType);
  const advice = limitAdvice(form.limits);

  const save = useOperationMutation(updateIntegration, {
    onSuccess: (saved) => {
      void putIntegration(client, saved);
      reset();
      notifyDone('Settings saved', saved.name);
    },
    onError: (error) => {
      const { byKey, rest } = settingErrors(error);
      setErrors(byKey);
      setProblem(rest);
      focusFirstError(root.current);
    },
  });

  function reset(): void {
    setTyped(null);
    setErrors({});
    setProblem(null);
  }

  function submit(): void {
    const found = settingProblems(provider.settings, form.settings);
    setErrors(found);
    setProblem(null);
    if (Object.keys(found).length > 0) focusFirstError(root.current);
    else if (dirty) save.mutate({ id: integration.id, ...changes });
  }

  return (
    <>
      {/* Outside the form: what its dialog submits would bubble into this one. */}
      <UnsavedGuard subject="these settings" isDirty={() => dirty} />
      <form
        ref={root}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!save.isPending) submit();
        }}
      >
        {!may && (
          <div className={classes.banner}>
            <Notice tone="disabled" title="You can look, but not change">
              {lockedReasons.write}
            </Notice>
          </div>
        )}
        <div className={classes.columns}>
          <div className={classes.column}>
            {provider.settings.length > 0 && (
              <Card title={`Settings of ${provider.name}`}>
                <SettingFields
                  fields={provider.settings}
                  values={form.settings}
                  errors={errors}
                  disabled={!may}
                  onChange={(settings) => setTyped({ ...form, settings })}
                />
              </Card>
            )}
            {provider.settings.some(({ key }) => key === 'channel') && (
              <NotificationsCard
                integrationId={integration.id}
                provider={provider.slug}
                channel={String(integration.settings['channel'] ?? 'the usual channel')}
              />
            )}
            {provider.settings.some(({ key }) => key === 'defaultCalendar') && (
              <InterviewsCard integrationId={integration.id} />
            )}
            {provider.sendsWebhooks && (
              <IntegrationWebhookCard integration={integration} provider={provider} />
            )}
            <Card
              title="Rate limits"
              description={`The most ${unit} that this integration may make. Empty means no limit of your own.`}
            >
              <Stack>
                <fieldset className={classes.bare} disabled={!may}>
                  <Stack>
                    <LimitFields
                      unit={unit}
                      value={form.limits}
                      onChange={(limits) => setTyped({ ...form, limits: { ...form.limits, ...limits } })}
                    />
                    <Radio.Group
                      label="Over the limit"
                      value={form.limits.onLimit}
                      onChange={(onLimit) =>
                        setTyped({
                          ...form,
                          limits: { ...form.limits, onLimit: onLimit === 'queue' ? 'queue' : 'refuse' },
                        })
                      }
                    >
                      <div className={classes.choice}>
                        <Radio
                          value="queue"
                          label="Wait"
                          description={`Further ${unit} wait and go out when the limit allows it again.`}
                        />
                        <Radio
                          value="refuse"
                          label="Refuse"
                          description={`Further ${unit} are refused with the error call_limit_reached, which names the time.`}
                        />
                      </div>
                    </Radio.Group>
                  </Stack>
                </fieldset>
                {advice && <p className={classes.full}>{advice}</p>}
              </Stack>
            </Card>
          </div>
          <div className={classes.column}>
            <Card title="Current usage" description="Counted in hours and days of UTC.">
              <Stack>
                <UsageBars integration={integration} />
                {provider.limits.published && (
                  <p className={classes.quiet}>
                    {provider.name} itself: {provider.limits.published}
                  </p>
                )}
              </Stack>
            </Card>
          </div>
        </div>
        <StickySaveBar dirty={dirty} saving={save.isPending} onReset={reset} error={problem} />
      </form>
    </>
  );
}
