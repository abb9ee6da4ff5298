import { checkAllIntegrations, getCheckRun } from '@trunkline/contract/health';
import { Stethoscope } from 'lucide-react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { ProgressBar } from '../../components/ProgressBar.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { useNow } from '../../lib/clock.ts';
import { notifyError } from '../../lib/notify.ts';
import { lockedReasons } from '../integrations/reasons.ts';
import { runText } from './health-words.ts';
import classes from './Health.module.css';

/** The latest check of all integrations; live messages say when to read it again. */
function useCheckRun() {
  const { data } = useOperation(getCheckRun, { id: 'latest' });
  return data?.run ?? null;
}

/** [Health check all] (DASH-4): checks every connected integration now. */
export function CheckAllButton() {
  const run = useCheckRun();
  const start = useOperationMutation(checkAllIntegrations, {
    invalidates: [getCheckRun],
    onError: notifyError,
  });
  return (
    <LockedAction permission="integration.write" reason={lockedReasons.write}>
      <BusyButton
        variant="default"
        leftSection={<Stethoscope aria-hidden />}
        busy={start.isPending || run?.state === 'running'}
        onClick={() => start.mutate({})}
      >
        Health check all
      </BusyButton>
    </LockedAction>
  );
}

/** How long the last check is worth a place on a page about something else. */
const recentMs = 10 * 60_000;

/**
 * How far the check of all is; the last one says what it found. Nothing before the first. `recent`: nothing when the last
 * one ended some time ago either.
 */
export function CheckAllProgress({ recent = false }: { recent?: boolean }) {
  const run = useCheckRun();
  const now = useNow(60_000);
  if (run === null) return null;
  const endedAt = run.finishedAt === null ? now : Date.parse(run.finishedAt);
  if (recent && now - endedAt > recentMs) return null;
  const { state, total, done, failed, startedBy, startedAt } = run;
  return (
    <Card>
      <div role="status" className={classes.run}>
        <ProgressBar
          label={state === 'running' ? 'Checking all integrations' : 'Last check of all integrations'}
          value={done}
          max={Math.max(1, total)}
          text={runText(run)}
          tone={failed > 0 ? 'error' : state === 'running' ? 'syncing' : 'active'}
        />
        <p className={classes.quiet}>
          Started by {startedBy} <RelativeTime at={startedAt} />
        </p>
      </div>
    </Card>
  );
}
