import { Button, Checkbox, Skeleton } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { listAlerts } from '@trunkline/contract/alerts';
import { alertSeverities } from '@trunkline/contract/alert-rules';
import type { AlertSeverity } from '@trunkline/contract/alert-rules';
import type { Alert, AlertState } from '@trunkline/contract/alerts';
import { BellRing, Check, Megaphone, Settings2 } from 'lucide-react';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { FilterChips } from '../../components/FilterChips.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { SegmentedTabs } from '../../components/SegmentedTabs.tsx';
import { usePagedOperation } from '../../lib/api.ts';
import { formatNumber } from '../../lib/format.ts';
import { ButtonLink } from '../webhooks/ButtonLink.tsx';
import { AlertRow } from './AlertRow.tsx';
import type { AlertRowProps } from './AlertRow.tsx';
import { PostStatusDialog } from './PostStatusDialog.tsx';
import { groupAlerts, severityWords, stateWords } from './alert-words.ts';
import { mayNotAct, useAlertActs } from './use-alert-acts.ts';
import classes from './AlertsPage.module.css';

const states: readonly AlertState[] = ['open', 'acknowledged', 'resolved'];

const emptyWords: Record<AlertState, { title: string; text: string }> = {
  open: {
    title: 'Nothing needs attention',
    text: 'What fails, slows down or is about to expire appears here by itself.',
  },
  acknowledged: {
    title: 'Nobody looks after anything',
    text: 'Acknowledge an open alert to tell the others that you do.',
  },
  resolved: {
    title: 'Nothing was resolved yet',
    text: 'Alerts come here when what they are about is over, for 90 days.',
  },
};

interface AlertListProps {
  state: AlertState;
  /** Undefined: all of them. */
  severity: AlertSeverity | undefined;
  alerts: ReturnType<typeof useAlerts>;
}

function AlertList({ state, severity, alerts }: AlertListProps) {
  const { acknowledge, resolve } = useAlertActs();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [shownGroups, setShownGroups] = useState<ReadonlySet<string>>(new Set());
  const { rows } = alerts;
  const picked = rows.filter(({ id }) => chosen.has(id)).map(({ id }) => id);
  if (alerts.isPending) {
    return (
      <Card>
        <div className={classes.skeleton} aria-busy="true" aria-label="Loading the alerts">
          {[70, 55, 62].map((width) => (
            <Skeleton key={width} height={18} width={`${width}%`} />
          ))}
        </div>
      </Card>
    );
  }
  if (alerts.error) {
    return (
      <Card flush>
        <ErrorState error={alerts.error} onRetry={alerts.refetch} />
      </Card>
    );
  }
  if (rows.length === 0) {
    return (
      <Card flush>
        {severity ? (
          <EmptyState icon={BellRing} title={`None is marked “${severityWords[severity]}”`}>
            Alerts of another severity may be here.
          </EmptyState>
        ) : (
          <EmptyState icon={BellRing} title={emptyWords[state].title}>
            {emptyWords[state].text}
          </EmptyState>
        )}
      </Card>
    );
  }
  const selectable = state !== 'resolved';
  const all = picked.length === rows.length;
  return (
    <Card flush>
      {selectable && (
        <div className={classes.tools}>
          <Checkbox
            label={picked.length === 0 ? 'Select all' : `${formatNumber(picked.length)} selected`}
            checked={all}
            indeterminate={picked.length > 0 && !all}
            onChange={() => setChosen(all ? new Set() : new Set(rows.map(({ id }) => id)))}
          />
          <span className={classes.acts}>
            {state === 'open' && (
              <LockedAction permission="alert.write" reason={mayNotAct}>
                <BusyButton
                  size="xs"
                  variant="default"
                  leftSection={<Check aria-hidden />}
                  busy={acknowledge.isPending}
                  disabled={picked.length === 0}
                  onClick={() => acknowledge.mutate({ ids: picked })}
                >
                  Acknowledge
                </BusyButton>
              </LockedAction>
            )}
            <LockedAction permission="alert.write" reason={mayNotAct}>
              <BusyButton
                size="xs"
                variant="default"
                busy={resolve.isPending}
                disabled={picked.length === 0}
                onClick={() => resolve.mutate({ ids: picked })}
              >
                Close
              </BusyButton>
            </LockedAction>
          </span>
        </div>
      )}
      <ul className={classes.list} aria-label={`${stateWords[state]} alerts`}>
        {groupAlerts(rows).flatMap(({ first, rest }) => {
          const unfolded = rest.length > 0 && shownGroups.has(first.group);
          const row = (alert: Alert, others: readonly Alert[], folding: Partial<AlertRowProps>) => {
            const ids = [alert, ...others].map(({ id }) => id);
            return (
              <AlertRow
                key={alert.id}
                alert={alert}
                {...folding}
                {...(selectable
                  ? {
                      selected: ids.every((id) => chosen.has(id)),
                      onSelect: (selected: boolean) => setChosen(withAll(chosen, ids, selected)),
                    }
                  : {})}
              />
            );
          };
          const onUnfold = () => setShownGroups(withAll(shownGroups, [first.group], !unfolded));
          return [
            row(
              first,
              unfolded ? [] : rest,
              rest.length > 0 ? { more: rest.length, unfolded, onUnfold } : {},
            ),
            ...(unfolded ? rest.map((alert) => row(alert, [], {})) : []),
          ];
        })}
      </ul>
      {alerts.hasMore && (
        <div className={classes.foot}>
          <Button variant="default" loading={alerts.isLoadingMore} onClick={alerts.loadMore}>
            Load more
          </Button>
        </div>
      )}
    </Card>
  );
}

function withAll(set: ReadonlySet<string>, keys: readonly string[], present: boolean): ReadonlySet<string> {
  return present ? new Set([...set, ...keys]) : new Set([...set].filter((key) => !keys.includes(key)));
}

const useAlerts = (state: AlertState, severity: AlertSeverity | undefined) =>
  usePagedOperation(
    listAlerts,
    { state, ...(severity ? { severity } : {}), limit: 100 },
    { keepPrevious: true },
  );

/** `/alerts`: what needs attention, what somebody looks after, and what is over (HEALTH-4). */
export function AlertsPage() {
  const search = useSearch({ from: '/shell/alerts' });
  const navigate = useNavigate();
  const [posting, setPosting] = useState(false);
  const state = states.find((each) => each === search.state) ?? 'open';
  const severity = alertSeverities.find((each) => each === search.severity);
  const alerts = useAlerts(state, severity);
  const counts = alerts.first?.counts;

  function go(to: { state: AlertState; severity: AlertSeverity | undefined }): void {
    void navigate({
      to: '/alerts',
      search: {
        ...(to.state === 'open' ? {} : { state: to.state }),
        ...(to.severity ? { severity: to.severity } : {}),
      },
      replace: true,
    });
  }

  return (
    <>
      <PageHeader
        title="Alerts"
        live
        actions={
          <>
            <LockedAction
              permission="status_update.write"
              reason="Viewers see status updates; an administrator posts them."
            >
              <Button
                variant="default"
                leftSection={<Megaphone aria-hidden />}
                onClick={() => setPosting(true)}
              >
                Post status update
              </Button>
            </LockedAction>
            <ButtonLink href="/alerts/settings" variant="default" leftSection={<Settings2 aria-hidden />}>
              Rules and channels
            </ButtonLink>
          </>
        }
      />
      <SegmentedTabs<AlertState>
        page
        label="State of the alerts"
        value={state}
        onChange={(next) => go({ state: next, severity })}
        tabs={states.map((value) => ({
          value,
          label: stateWords[value],
          ...(counts ? { count: counts[value] } : {}),
          content: (
            <>
              <div className={classes.filter}>
                <FilterChips<AlertSeverity | 'all'>
                  label="Severity"
                  value={severity ?? 'all'}
                  onChange={(next) => go({ state, severity: next === 'all' ? undefined : next })}
                  chips={[
                    { value: 'all', label: 'All' },
                    ...alertSeverities.map((each) => ({ value: each, label: severityWords[each] })),
                  ]}
                />
              </div>
              <AlertList key={value} state={value} severity={severity} alerts={alerts} />
            </>
          ),
        }))}
      />
      {posting && <PostStatusDialog onClose={() => setPosting(false)} />}
    </>
  );
}
