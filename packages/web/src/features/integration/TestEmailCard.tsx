import { TextInput } from '@mantine/core';
import { Send } from 'lucide-react';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { FormError } from '../../components/FormError.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useSession } from '../../lib/session.ts';
import { CheckSteps } from '../integrations/CheckSteps.tsx';
import { lockedReasons } from '../integrations/reasons.ts';
import type { ConnectionTest } from './use-test.ts';
import classes from './IntegrationPage.module.css';

/** Sends an email by the stored connection, and says what the mail server answered (UC-ADMIN-007, section 4). */
export function TestEmailCard({ test }: { test: ConnectionTest }) {
  const { user } = useSession();
  const [to, setTo] = useState(user?.email ?? '');
  const [error, setError] = useState<string | null>(null);
  const sentTo = test.sentTo;

  function send(): void {
    const address = to.trim();
    if (!/^\S+@\S+\.\S+$/.test(address)) {
      setError('Enter an e-mail address');
      return;
    }
    setError(null);
    test.run(address);
  }

  return (
    <Card title="Test email" description="Goes out by the credentials in use.">
      <div className={classes.narrow}>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            send();
          }}
        >
          <Stack gap={12}>
            <div className={classes.send}>
              <TextInput
                label="To"
                type="email"
                value={to}
                onChange={(event) => setTo(event.currentTarget.value)}
                error={error}
              />
              <LockedAction permission="integration.write" reason={lockedReasons.write}>
                <BusyButton
                  type="submit"
                  variant="default"
                  leftSection={<Send aria-hidden />}
                  busy={test.running && sentTo !== null}
                >
                  Send test email
                </BusyButton>
              </LockedAction>
            </div>
            <FormError
              message={sentTo === null ? null : (test.error?.detail ?? null)}
              requestId={test.error?.requestId ?? null}
            />
            {sentTo !== null && test.report && (
              <CheckSteps
                report={test.report}
                {...(test.report.ok ? { passed: `The test email to ${sentTo} was accepted` } : {})}
              />
            )}
          </Stack>
        </form>
      </div>
    </Card>
  );
}
