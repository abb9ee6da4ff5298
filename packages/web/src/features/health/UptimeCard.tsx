import { ActionIcon, NumberInput } from '@mantine/core';
import { getIntegrationHealth, setUptimeTarget } from '@trunkline/contract/health';
import type { IntegrationHealth } from '@trunkline/contract/health';
import { Check, Pencil, X } from 'lucide-react';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { BusyActionIcon } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { formatPercent, formatSeconds } from '../../lib/format.ts';
import { notifyError } from '../../lib/notify.ts';
import { useInitialFocus } from '../../lib/use-initial-focus.ts';
import { IntegrationStatusBadge } from '../integrations/integration-status.tsx';
import { lockedReasons } from '../integrations/reasons.ts';
import { budgetText } from './health-words.ts';
import classes from './Health.module.css';

function TargetForm({ id, target, onClose }: { id: string; target: number; onClose: () => void }) {
  const [typed, setTyped] = useState<string | number>(target);
  const field = useInitialFocus();
  const save = useOperationMutation(setUptimeTarget, {
    invalidates: [getIntegrationHealth],
    onSuccess: onClose,
    onError: notifyError,
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    const percent = Number(typed);
    if (!save.isPending && percent >= 50 && percent <= 99.999) save.mutate({ id, percent });
  }
  return (
    <form className={classes.target} onSubmit={submit}>
      <NumberInput
        ref={field}
        aria-label="Target in per cent"
        size="xs"
        min={50}
        max={99.999}
        decimalScale={3}
        suffix=" %"
        hideControls
        value={typed}
        onChange={setTyped}
      />
      <BusyActionIcon type="submit" aria-label="Save the target" size="sm" busy={save.isPending}>
        <Check aria-hidden />
      </BusyActionIcon>
      <ActionIcon aria-label="Leave it" size="sm" onClick={onClose}>
        <X aria-hidden />
      </ActionIcon>
    </form>
  );
}

function Target({ id, target }: { id: string; target: number }) {
  const [open, setOpen] = useState(false);
  if (open) return <TargetForm id={id} target={target} onClose={() => setOpen(false)} />;
  return (
    <span className={classes.target}>
      target {target} %
      <LockedAction permission="integration.write" reason={lockedReasons.write}>
        <ActionIcon aria-label="Change the target" size="sm" onClick={() => setOpen(true)}>
          <Pencil aria-hidden />
        </ActionIcon>
      </LockedAction>
    </span>
  );
}

/** How much of the time it worked, against its target, and how its status changed (HEALTH-2). */
export function UptimeCard({ health }: { health: IntegrationHealth }) {
  const { uptime, transitions, id } = health;
  const missed = uptime.percent !== null && uptime.percent < uptime.target;
  return (
    <Card title="Uptime" description="Time in error against the time when it was on.">
      <div className={classes.uptime}>
        <span className={classes.big} data-tone={missed ? 'error' : undefined}>
          {uptime.percent === null ? '–' : formatPercent(uptime.percent / 100, 2)}
        </span>
        <Target id={id} target={uptime.target} />
      </div>
      <p className={classes.quiet}>Error budget: {budgetText(uptime)}</p>
      {transitions.length > 0 && (
        <>
          <h3 className={classes.heading}>Changes of the status</h3>
          <ol className={classes.transitions}>
            {transitions.slice(0, 8).map(({ status, since, until, problem }) => (
              <li key={since + status}>
                <IntegrationStatusBadge status={status} plain />
                <span className={classes.reason}>{status === 'active' ? '' : (problem?.title ?? '')}</span>
                <span className={classes.quiet}>
                  <RelativeTime at={since} />
                  {until !== null && `, for ${formatSeconds((Date.parse(until) - Date.parse(since)) / 1000)}`}
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
    </Card>
  );
}
