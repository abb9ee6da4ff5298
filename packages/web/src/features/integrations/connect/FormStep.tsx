import { Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { listProviders } from '@trunkline/contract/catalog';
import type { ProviderConnection, ProviderDetail } from '@trunkline/contract/catalog';
import type { CheckReport } from '@trunkline/contract/checks';
import { createIntegration, listIntegrations, testConnection } from '@trunkline/contract/integrations';
import { PlugZap, Send } from 'lucide-react';
import { useRef, useState } from 'react';
import { BusyButton } from '../../../components/BusyButton.tsx';
import { Notice } from '../../../components/Notice.tsx';
import { ProviderLogo } from '../../../components/ProviderLogo.tsx';
import { Stack } from '../../../components/Stack.tsx';
import { DialogStep, StepFooter } from '../../../components/StepDialog.tsx';
import type { StepProblem } from '../../../components/StepDialog.tsx';
import { callOperation, invalidateOperations } from '../../../lib/api.ts';
import { toApiError } from '../../../lib/api-error.ts';
import { useSession } from '../../../lib/session.ts';
import { CheckSteps } from '../CheckSteps.tsx';
import { CredentialFields } from '../CredentialFields.tsx';
import { credentialProblems, enteredValues, startValues } from '../credential-rules.ts';
import { Fold } from './Fold.tsx';
import { LimitFields } from './LimitFields.tsx';
import type { OwnLimits } from './LimitFields.tsx';
import { SetupSteps } from './SetupSteps.tsx';
import { fieldErrors } from './field-errors.ts';
import { focusFirstError } from './focus-first-error.ts';
import { formFields } from './form-fields.ts';
import classes from './connect.module.css';

type Act = 'test' | 'send' | 'save' | 'test-save';

/** What a test found, and of which values. */
interface Tested {
  report: CheckReport;
  of: string;
  sentTo: string | null;
}

export interface FormStepProps {
  provider: ProviderDetail;
  connection: ProviderConnection;
  /** `report`: what it was saved with, or null when it was saved untested. */
  onSaved: (integrationId: string, report: CheckReport | null) => void;
  onBack: () => void;
}

/** Connects by what is typed: key, mail server, folder. Tests the values as they are, before anything is saved. */
export function FormStep({ provider, connection, onSaved, onBack }: FormStepProps) {
  const client = useQueryClient();
  const { user } = useSession();
  const root = useRef<HTMLFormElement>(null);
  const result = useRef<HTMLDivElement>(null);
  const fields = formFields(connection);
  const isMail = connection.type === 'smtp';
  const [name, setName] = useState(provider.name);
  const [values, setValues] = useState<Record<string, string>>(() => startValues(connection.type, fields));
  const [limits, setLimits] = useState<OwnLimits>({ perHour: null, perDay: null });
  const [sendTo, setSendTo] = useState(user?.email ?? '');
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<StepProblem | null>(null);
  const [tested, setTested] = useState<Tested | null>(null);
  const [busy, setBusy] = useState<Act | null>(null);
  const isOutdated = tested !== null && tested.of !== JSON.stringify(enteredValues(fields, values));

  function check(act: Act): boolean {
    const found: Record<string, string> = { ...credentialProblems(fields, values) };
    if (name.trim() === '') found['$name'] = 'Give it a name';
    if (act === 'send' && !/^\S+@\S+\.\S+$/.test(sendTo.trim())) found['$sendTo'] = 'Enter an e-mail address';
    setErrors(found);
    if (Object.keys(found).length === 0) return true;
    focusFirstError(root.current);
    return false;
  }

  async function test(to: string | null): Promise<CheckReport> {
    const entered = enteredValues(fields, values);
    const report = await callOperation(testConnection, {
      provider: provider.slug,
      authType: connection.type,
      values: entered,
      ...(to === null ? {} : { sendTo: to }),
    });
    setTested({ report, of: JSON.stringify(entered), sentTo: to });
    requestAnimationFrame(() => result.current?.scrollIntoView({ block: 'nearest' }));
    return report;
  }

  async function save(withTest: boolean): Promise<void> {
    const { perHour, perDay } = limits;
    const made = await callOperation(createIntegration, {
      provider: provider.slug,
      authType: connection.type,
      name: name.trim(),
      values: enteredValues(fields, values),
      check: withTest ? 'require' : 'skip',
      ...(perHour === null && perDay === null ? {} : { limits: { perHour, perDay } }),
    });
    void invalidateOperations(client, [listIntegrations, listProviders]);
    onSaved(made.id, withTest ? made.report : null);
  }

  async function run(act: Act): Promise<void> {
    if (busy !== null || !check(act)) return;
    setProblem(null);
    setBusy(act);
    try {
      if (act === 'test') await test(null);
      else if (act === 'send') await test(sendTo.trim());
      else await save(act === 'test-save');
    } catch (thrown) {
      const error = toApiError(thrown);
      const { byField, rest } = fieldErrors(error);
      setErrors(byField);
      // Nothing was saved; the same test again says at which step it stopped.
      const shown = error.code === 'connection_failed' && !(await testQuietly());
      setProblem(shown || rest === null ? null : { message: rest, requestId: error.requestId });
      focusFirstError(root.current);
    } finally {
      setBusy(null);
    }
  }

  /** True when it passes, or cannot be made: then the refusal itself has to be shown. */
  async function testQuietly(): Promise<boolean> {
    try {
      return (await test(null)).ok;
    } catch {
      return true;
    }
  }

  return (
    <DialogStep
      title={isMail ? 'Email integration (SMTP)' : `Connect ${provider.name}`}
      subtitle={connection.label}
      logo={<ProviderLogo slug={provider.slug} name={provider.name} size={48} />}
    >
      <form
        ref={root}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void run('test-save');
        }}
      >
        <Stack>
          <Fold title="How to get these values">
            <SetupSteps steps={provider.setupSteps} />
          </Fold>
          {provider.byFiles && (
            <Notice tone="disabled" title="This connection exchanges files">
              {provider.name} offers no public API for this; files go out and come in on a schedule.
            </Notice>
          )}
          <TextInput
            label="Name"
            description="How it is called here; useful when there are several."
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={errors['$name']}
          />
          <CredentialFields
            type={connection.type}
            fields={fields}
            values={values}
            onChange={setValues}
            errors={errors}
          />
          {isMail ? (
            <section className={classes.section} aria-label="Rate limits">
              <h3 className={classes.heading}>Rate limits</h3>
              <LimitFields unit="emails" value={limits} onChange={setLimits} />
            </section>
          ) : (
            <Fold title="Rate limits (optional)">
              <LimitFields unit="calls" value={limits} onChange={setLimits} />
            </Fold>
          )}
          <section className={classes.section} aria-label="Test connection">
            <h3 className={classes.heading}>Test connection</h3>
            <Stack gap={12}>
              <p className={classes.quiet}>
                Tests what is typed above. Nothing is saved. {provider.health.summary}
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
                    disabled={busy !== null && busy !== 'send'}
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
                  disabled={busy !== null && busy !== 'test'}
                  onClick={() => void run('test')}
                >
                  Test connection
                </BusyButton>
              </div>
              <div ref={result}>
                {tested && (
                  <Stack gap={8}>
                    {isOutdated && <p className={classes.quiet}>You have changed values since this test.</p>}
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
        </Stack>
        <StepFooter
          problem={problem}
          start={
            <Button variant="default" onClick={onBack}>
              Back
            </Button>
          }
        >
          <BusyButton
            variant="default"
            busy={busy === 'save'}
            disabled={busy !== null && busy !== 'save'}
            onClick={() => void run('save')}
          >
            Save
          </BusyButton>
          <BusyButton
            type="submit"
            busy={busy === 'test-save'}
            disabled={busy !== null && busy !== 'test-save'}
          >
            Test & save
          </BusyButton>
        </StepFooter>
      </form>
    </DialogStep>
  );
}
