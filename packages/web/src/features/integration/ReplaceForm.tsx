import { Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ProviderConnection, ProviderDetail, ProviderField } from '@trunkline/contract/catalog';
import type { CheckReport } from '@trunkline/contract/checks';
import { replaceCredentials, testConnection, updateIntegration } from '@trunkline/contract/integrations';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { PlugZap, Send } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { FormError } from '../../components/FormError.tsx';
import { Stack } from '../../components/Stack.tsx';
import { UnsavedGuard } from '../../components/UnsavedGuard.tsx';
import { toApiError } from '../../lib/api-error.ts';
import { callOperation } from '../../lib/api.ts';
import { notifyDone } from '../../lib/notify.ts';
import { useSession } from '../../lib/session.ts';
import { CheckSteps } from '../integrations/CheckSteps.tsx';
import { CredentialFields } from '../integrations/CredentialFields.tsx';
import { Fold } from '../integrations/connect/Fold.tsx';
import { LimitFields } from '../integrations/connect/LimitFields.tsx';
import { SetupSteps } from '../integrations/connect/SetupSteps.tsx';
import { fieldErrors } from '../integrations/connect/field-errors.ts';
import { focusFirstError } from '../integrations/connect/focus-first-error.ts';
import { credentialProblems, enteredValues } from '../integrations/credential-rules.ts';
import { putIntegration } from '../integrations/integration-cache.ts';
import { UsageBars } from './UsageBars.tsx';
import classes from './IntegrationPage.module.css';

type Act = 'test' | 'send' | 'save' | 'test-save';

/** What a test found, and of which values. */
interface Tested {
  report: CheckReport;
  of: string;
  sentTo: string | null;
}

export interface ReplaceFormProps {
  integration: IntegrationDetail;
  provider: ProviderDetail;
  connection: ProviderConnection;
  fields: readonly ProviderField[];
  onCancel: () => void;
  /** `activated`: the new ones are in use; they wait otherwise. */
  onSaved: (activated: boolean) => void;
}

/**
 * New values to connect by, tested as they are typed (CONN-6, CONN-8). For a mail server this is the form of UC-ADMIN-007
 * section 4, with its limits and a test email (CONN-3).
 */
export function ReplaceForm(props: ReplaceFormProps) {
  const { integration, provider, connection, fields, onCancel, onSaved } = props;
  const client = useQueryClient();
  const { user } = useSession();
  const root = useRef<HTMLFormElement>(null);
  const result = useRef<HTMLDivElement>(null);
  const done = useRef(false);
  const isMail = connection.type === 'smtp';
  const [start] = useState(integration);
  const [values, setValues] = useState<Record<string, string>>(start.values);
  const [limits, setLimits] = useState(start.limits);
  const [sendTo, setSendTo] = useState(user?.email ?? '');
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<{ message: string; requestId: string | null } | null>(null);
  const [tested, setTested] = useState<Tested | null>(null);
  const [busy, setBusy] = useState<Act | null>(null);
  const entered = enteredValues(fields, values);
  const isOutdated = tested !== null && tested.of !== JSON.stringify(entered);
  const newLimits = limits.perHour !== start.limits.perHour || limits.perDay !== start.limits.perDay;
  const newValues = JSON.stringify(entered) !== JSON.stringify(enteredValues(fields, start.values));

  useEffect(() => {
    root.current?.closest('section')?.scrollIntoView({ block: 'nearest' });
    root.current?.querySelector<HTMLElement>('input, textarea')?.focus({ preventScroll: true });
  }, []);

  function isGood(act: Act): boolean {
    const found = credentialProblems(fields, values, start.secrets);
    if (act === 'send' && !/^\S+@\S+\.\S+$/.test(sendTo.trim())) found['$sendTo'] = 'Enter an e-mail address';
    setErrors(found);
    if (Object.keys(found).length === 0) return true;
    focusFirstError(root.current);
    return false;
  }

  async function test(to: string | null): Promise<void> {
    const report = await callOperation(testConnection, {
      provider: provider.slug,
      authType: connection.type,
      values: entered,
      integrationId: integration.id,
      ...(to === null ? {} : { sendTo: to }),
    });
    setTested({ report, of: JSON.stringify(entered), sentTo: to });
    requestAnimationFrame(() => result.current?.scrollIntoView({ block: 'nearest' }));
  }

  async function save(check: 'require' | 'skip'): Promise<void> {
    const { id } = integration;
    if (newLimits) {
      const { perHour, perDay } = limits;
      await putIntegration(
        client,
        await callOperation(updateIntegration, { id, limits: { perHour, perDay } }),
      );
    }
    if (newLimits && !newValues) {
      finish(true, 'The limits are saved', 'The credentials stay as they are.');
      return;
    }
    const saved = await callOperation(replaceCredentials, { id, values: entered, check });
    await putIntegration(client, saved.integration);
    finish(
      saved.activated,
      'The new credentials are in use',
      check === 'require' ? 'They passed the test.' : 'They were not tested; the next check will tell.',
    );
  }

  function finish(activated: boolean, title: string, text: string): void {
    done.current = true;
    if (activated) notifyDone(title, text);
    onSaved(activated);
  }

  async function run(act: Act): Promise<void> {
    if (busy !== null || !isGood(act)) return;
    setProblem(null);
    setBusy(act);
    try {
      if (act === 'test') await test(null);
      else if (act === 'send') await test(sendTo.trim());
      else await save(act === 'save' ? 'skip' : 'require');
    } catch (thrown) {
      const error = toApiError(thrown);
      const { byField, rest } = fieldErrors(error);
      setErrors(byField);
      setProblem(rest === null ? null : { message: rest, requestId: error.requestId });
      focusFirstError(root.current);
    } finally {
      setBusy(null);
    }
  }

  const others = (act: Act) => busy !== null && busy !== act;
  return (
    <>
      <UnsavedGuard subject="the credentials" isDirty={() => !done.current && (newValues || newLimits)} />
      <Card
        title={isMail ? `Email integration (SMTP), ${integration.name}` : 'New credentials'}
        description="What you enter takes over when it passes the test. Until then what is in use stays in use."
      >
        <form
          ref={root}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void run('test-save');
          }}
        >
          <div className={classes.form}>
            <Stack>
              <Fold title="How to get these values">
                <SetupSteps steps={provider.setupSteps} />
              </Fold>
              <CredentialFields
                type={connection.type}
                fields={fields}
                values={values}
                onChange={setValues}
                errors={errors}
                stored={start.secrets}
              />
              {isMail && (
                <section className={classes.section} aria-label="Rate limits">
                  <h3 className={classes.heading}>Rate limits</h3>
                  <Stack>
                    <LimitFields
                      unit="emails"
                      value={limits}
                      onChange={(next) => setLimits({ ...limits, ...next })}
                    />
                    <UsageBars integration={integration} />
                  </Stack>
                </section>
              )}
            </Stack>
            <section className={classes.aside} aria-label="Test">
              <h3 className={classes.heading}>Test connection</h3>
              <Stack gap={12}>
                <p className={classes.quiet}>
                  Tests what is typed here, with the stored secrets where a field is empty. Nothing is saved.
                </p>
                {isMail && (
                  <div className={classes.send}>
                    <TextInput
                      label="Send a test email to"
                      type="email"
                      value={sendTo}
                      onChange={(event) => setSendTo(event.currentTarget.value)}
                      error={errors['$sendTo']}
                    />
                    <BusyButton
                      variant="default"
                      leftSection={<Send aria-hidden />}
                      busy={busy === 'send'}
                      disabled={others('send')}
                      onClick={() => void run('send')}
                    >
                      Send test email
                    </BusyButton>
                  </div>
                )}
                <div>
                  <BusyButton
                    variant="default"
                    leftSection={<PlugZap aria-hidden />}
                    busy={busy === 'test'}
                    disabled={others('test')}
                    onClick={() => void run('test')}
                  >
                    Test typed values
                  </BusyButton>
                </div>
                <div ref={result}>
                  {tested && (
                    <Stack gap={8}>
                      {isOutdated && (
                        <p className={classes.quiet}>You have changed values since this test.</p>
                      )}
                      <CheckSteps
                        report={tested.report}
                        {...(tested.report.ok && tested.sentTo
                          ? { passed: `The test email to ${tested.sentTo} was accepted` }
                          : {})}
                      />
                    </Stack>
                  )}
                </div>
              </Stack>
            </section>
          </div>
          <Stack>
            <FormError message={problem?.message ?? null} requestId={problem?.requestId ?? null} />
            <div className={classes.actions}>
              <Button variant="default" onClick={onCancel} disabled={busy !== null}>
                Cancel
              </Button>
              <BusyButton
                variant="default"
                busy={busy === 'save'}
                disabled={others('save')}
                onClick={() => void run('save')}
              >
                Save
              </BusyButton>
              <BusyButton type="submit" busy={busy === 'test-save'} disabled={others('test-save')}>
                Test & save
              </BusyButton>
            </div>
          </Stack>
        </form>
      </Card>
    </>
  );
}
