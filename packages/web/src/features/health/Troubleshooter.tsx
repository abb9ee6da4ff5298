import { Stethoscope } from 'lucide-react';
import { useEffect } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { FormError } from '../../components/FormError.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useCan } from '../../lib/session.ts';
import { lockedReasons } from '../integrations/reasons.ts';
import { ActionButton } from './ActionButton.tsx';
import type { ActionTarget } from './ActionButton.tsx';
import { TroubleshootSteps } from './TroubleshootSteps.tsx';
import type { Troubleshooting } from './use-troubleshooter.ts';
import classes from './Health.module.css';

export interface TroubleshooterProps {
  work: Troubleshooting;
  target: ActionTarget;
  /** Begins by itself, for those who may. */
  atOnce: boolean;
}

/** Finds out step by step why an integration does not work, and offers what helps (HEALTH-3). */
export function Troubleshooter({ work, target, atOnce }: TroubleshooterProps) {
  const { steps, diagnosis, running, error, run } = work;
  const may = useCan('integration.write');
  useEffect(() => {
    if (atOnce && may) run();
  }, [atOnce, may, run]);
  return (
    <Card
      title="Troubleshoot"
      description="Runs every step from here to the provider for real: name, port, encryption, credentials, permission, rate, and the provider’s own word."
      actions={
        <LockedAction permission="integration.write" reason={lockedReasons.write}>
          <BusyButton
            size="xs"
            leftSection={<Stethoscope aria-hidden />}
            busy={running}
            onClick={() => run()}
          >
            {steps.length === 0 ? 'Start' : 'Run again'}
          </BusyButton>
        </LockedAction>
      }
    >
      <Stack gap={12}>
        <FormError message={error?.detail ?? null} requestId={error?.requestId ?? null} />
        {diagnosis && (
          <Notice
            role={diagnosis.ok ? 'status' : 'alert'}
            tone={diagnosis.ok ? 'active' : 'error'}
            title={diagnosis.title}
          >
            <p>{diagnosis.meaning}</p>
            <p>
              <strong className={classes.strong}>What to do:</strong> {diagnosis.fix}
            </p>
          </Notice>
        )}
        <TroubleshootSteps steps={steps} running={running} />
        {diagnosis && (
          <div>
            <h3 className={classes.heading}>Suggested actions</h3>
            <ul className={classes.actions}>
              {diagnosis.actions.map((action) => (
                <li key={action.key}>
                  <ActionButton action={action} target={target} />
                  <span className={classes.quiet}>{action.why}</span>
                </li>
              ))}
            </ul>
          </div>
        )}
      </Stack>
    </Card>
  );
}
