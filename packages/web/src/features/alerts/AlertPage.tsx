import { Skeleton } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { getAlert } from '@trunkline/contract/alerts';
import type { AlertSubject, AlertTimelineEntry } from '@trunkline/contract/alerts';
import { Check } from 'lucide-react';
import { AppLink } from '../../components/AppLink.tsx';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { useOperation } from '../../lib/api.ts';
import { formatNumber } from '../../lib/format.ts';
import { ButtonLink } from '../webhooks/ButtonLink.tsx';
import { NotificationList } from './NotificationList.tsx';
import { SnoozeMenu } from './SnoozeMenu.tsx';
import { actionWords, ruleSentences, severityWords, stateWords } from './alert-words.ts';
import { mayNotAct, useAlertActs } from './use-alert-acts.ts';
import classes from './AlertsPage.module.css';

const kindWords: Record<AlertTimelineEntry['kind'], string> = {
  opened: 'Opened',
  again: 'Occurred again',
  reopened: 'Came back',
  escalated: 'Escalated',
  acknowledged: 'Acknowledged',
  snoozed: 'Snooze',
  resolved: 'Resolved',
  told: 'Told',
};

const stateLooks = { open: 'failing', acknowledged: 'pending', resolved: 'completed' } as const;

/** The page of what an alert is about. */
function subjectHref({ type, id }: AlertSubject): string {
  switch (type) {
    case 'integration':
      return `/integrations/${id}`;
    case 'webhook':
      return `/webhooks/${id}`;
    case 'inbound_source':
      return `/inbound/${id}`;
    case 'automation':
      return `/automations/${id}`;
    case 'alert_channel':
      return '/alerts/settings';
    case 'audit_log':
      return '/audit';
    case 'capability':
      return '/failover';
    case 'sso_domain':
      return '/members';
  }
}

/** `/alerts/:id`: one alert with what happened to it and who was told. */
export function AlertPage() {
  const { alertId } = useParams({ from: '/shell/alerts/$alertId' });
  const query = useOperation(getAlert, { id: alertId });
  const { acknowledge, resolve } = useAlertActs();
  const alert = query.data;
  const back = { href: '/alerts', label: 'Alerts' };
  if (!alert) {
    return (
      <>
        <PageHeader title="Alert" back={back} />
        <Card flush={query.error !== null}>
          {query.error ? (
            <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          ) : (
            <Skeleton height={120} />
          )}
        </Card>
      </>
    );
  }
  const { subject } = alert;
  return (
    <>
      <PageHeader
        title={alert.title}
        back={back}
        live
        badge={<StatusBadge status={stateLooks[alert.state]} label={stateWords[alert.state]} />}
        actions={
          alert.state !== 'resolved' && (
            <>
              {alert.actions.map(({ key, href }) => (
                <ButtonLink key={key} href={href} variant="default">
                  {actionWords[key]}
                </ButtonLink>
              ))}
              {alert.state === 'open' && (
                <LockedAction permission="alert.write" reason={mayNotAct}>
                  <BusyButton
                    leftSection={<Check aria-hidden />}
                    busy={acknowledge.isPending}
                    onClick={() => acknowledge.mutate({ ids: [alert.id] })}
                  >
                    Acknowledge
                  </BusyButton>
                </LockedAction>
              )}
              <LockedAction permission="alert.write" reason={mayNotAct}>
                <BusyButton
                  variant="default"
                  busy={resolve.isPending}
                  onClick={() => resolve.mutate({ ids: [alert.id] })}
                >
                  Close
                </BusyButton>
              </LockedAction>
              <SnoozeMenu alert={alert} />
            </>
          )
        }
      />
      <Card title="What it is about">
        <KeyValueList
          items={[
            { label: 'Severity', value: severityWords[alert.severity] },
            { label: 'Rule', value: ruleSentences[alert.rule].name },
            { label: 'About', value: <AppLink href={subjectHref(subject)}>{subject.name}</AppLink> },
            { label: 'Likely cause', value: alert.cause },
            { label: 'Impact', value: alert.impact },
            { label: 'Since', value: <RelativeTime at={alert.startedAt} /> },
            { label: 'Occurred', value: alert.count === 1 ? 'Once' : `${formatNumber(alert.count)} times` },
            { label: 'Escalated', value: alert.escalatedAt && <RelativeTime at={alert.escalatedAt} /> },
            { label: 'Looked after by', value: alert.acknowledgedBy },
            { label: 'Snoozed until', value: alert.snoozedUntil && <RelativeTime at={alert.snoozedUntil} /> },
            {
              label: 'Resolved',
              value: alert.resolvedAt && (
                <>
                  <RelativeTime at={alert.resolvedAt} />
                  {alert.resolvedBy === null ? ', by itself' : `, closed by ${alert.resolvedBy}`}
                </>
              ),
            },
          ]}
        />
      </Card>
      <Card title="What happened">
        <ol className={classes.timeline} aria-label="What happened">
          {alert.timeline.map((entry) => (
            <li key={entry.id} className={classes.entry}>
              <span>
                <span className={classes.kind}>{kindWords[entry.kind]}</span>
                {entry.by && ` by ${entry.by}`} · <RelativeTime at={entry.at} />
              </span>
              <span className={classes.second}>{entry.text}</span>
            </li>
          ))}
        </ol>
      </Card>
      <Card title="Messages" description="Who was told, and what became of it." flush>
        <NotificationList filter={{ alertId: alert.id }} />
      </Card>
    </>
  );
}
