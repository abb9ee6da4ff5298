import { Select } from '@mantine/core';
import type { NotificationKey } from '@trunkline/contract/automation-templates';
import {
  getNotificationSwitches,
  updateNotificationSwitches,
} from '@trunkline/contract/notification-switches';
import type { NotificationSwitches } from '@trunkline/contract/notification-switches';
import { listAutomations } from '@trunkline/contract/automations';
import {
  createInboundSource,
  getInboundSource,
  listInboundSources,
  updateInboundSource,
} from '@trunkline/contract/inbound';
import { Skeleton } from '@mantine/core';
import { AppLink } from '../../components/AppLink.tsx';
import { Card } from '../../components/Card.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { Stack } from '../../components/Stack.tsx';
import { Toggle } from '../../components/Toggle.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { notifyError } from '../../lib/notify.ts';
import { useCan } from '../../lib/session.ts';
import { mayNotEdit } from './automation-words.ts';
import classes from './NotificationsCard.module.css';

const words: Record<NotificationKey, { label: string; about: string }> = {
  new_conversations: { label: 'New conversations', about: 'When a customer starts one.' },
  escalations: { label: 'Escalations to human', about: 'When a conversation needs a person.' },
  all_messages: {
    label: 'All messages (high volume)',
    about: 'Every message from and to customers. Slack takes about one a second; more wait.',
  },
  daily_summary: { label: 'Daily summary', about: 'Counts of the last 24 hours, once a day.' },
};

const hours = Array.from({ length: 24 }, (_, hour) => ({
  value: String(hour),
  label: `${String(hour).padStart(2, '0')}:00`,
}));
const timeZones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

function SummaryTime({
  summary,
  onChange,
}: {
  summary: NotificationSwitches['summary'];
  onChange: (next: NotificationSwitches['summary']) => void;
}) {
  const may = useCan('automation.write');
  const zones = timeZones.includes(summary.timeZone) ? timeZones : [summary.timeZone, ...timeZones];
  return (
    <div className={classes.time}>
      <Select
        aria-label="Hour of the summary"
        size="xs"
        data={hours}
        disabled={!may}
        allowDeselect={false}
        value={String(summary.hour)}
        onChange={(hour) => hour !== null && onChange({ ...summary, hour: Number(hour) })}
      />
      <Select
        aria-label="Time zone of the summary"
        size="xs"
        searchable
        data={zones}
        disabled={!may}
        allowDeselect={false}
        value={summary.timeZone}
        onChange={(timeZone) => timeZone !== null && onChange({ ...summary, timeZone })}
      />
    </div>
  );
}

function Switches({ data }: { data: NotificationSwitches }) {
  const { integrationId } = data;
  const update = useOperationMutation(updateNotificationSwitches, {
    invalidates: [getNotificationSwitches, listAutomations],
  });
  return (
    <ul className={classes.list}>
      {data.switches.map(({ key, enabled, automationId, changed }) => (
        <li key={key} className={classes.row}>
          <Toggle
            label={words[key].label}
            withLabel
            checked={enabled}
            onChange={(next) => update.mutateAsync({ integrationId, switches: { [key]: next } })}
            permission="automation.write"
            lockedReason={mayNotEdit}
          />
          <p className={classes.about}>
            {words[key].about}
            {automationId && (
              <>
                {' '}
                <AppLink href={`/automations/${automationId}`}>
                  {changed ? 'Automation, changed' : 'Automation'}
                  <span className="visually-hidden"> of {words[key].label}</span>
                </AppLink>
              </>
            )}
          </p>
          {key === 'daily_summary' && enabled && (
            <SummaryTime
              summary={data.summary}
              onChange={(summary) => update.mutate({ integrationId, summary }, { onError: notifyError })}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

const repliesLabel = 'Allow agents to reply from Slack';
const replies = 'message.received';

/** Whether answers in threads come back (ACT-4): a switch of the integration's own inbound webhook, which is made with it. */
function Replies({ integrationId }: { integrationId: string }) {
  const invalidates = [listInboundSources, getInboundSource];
  const sources = useOperation(listInboundSources, { integrationId });
  const create = useOperationMutation(createInboundSource, { invalidates });
  const update = useOperationMutation(updateInboundSource, { invalidates });
  const [source] = sources.data?.data ?? [];
  if (sources.error) return <ErrorState error={sources.error} onRetry={() => void sources.refetch()} />;
  if (!sources.data) return <Skeleton height={56} aria-busy />;
  const enabled =
    source?.enabled === true && source.switches.some((one) => one.eventType === replies && one.enabled);
  return (
    <div>
      <Toggle
        label={repliesLabel}
        withLabel
        checked={enabled}
        onChange={async (next) => {
          if (source === undefined) return create.mutateAsync({ provider: 'slack', integrationId });
          const on = next ? { enabled: true } : {};
          return update.mutateAsync({ id: source.id, ...on, switches: { [replies]: next } });
        }}
        permission="inbound.write"
        lockedReason="Viewers do not change inbound webhooks. Ask an administrator."
      />
      <p className={classes.about}>
        What people write in the thread of a posted conversation comes back as <code>message.sent</code> of
        that conversation.
        {source?.keyFrom === 'missing' && ' The signing secret of your app is not entered yet.'}
        {source && ' The address that Slack needs for that is below, under Webhook.'}
      </p>
    </div>
  );
}

/** What a chat integration tells of (S17 17.5). Each switch is an automation. */
export function NotificationsCard({
  integrationId,
  provider,
  channel,
}: {
  integrationId: string;
  provider: string;
  channel: string;
}) {
  const { data, error, refetch } = useOperation(getNotificationSwitches, { integrationId });
  return (
    <Card
      title="Notifications"
      description={`Posted in ${channel}, the notification channel above. Each switch acts at once.`}
    >
      <Stack>
        {error && <ErrorState error={error} onRetry={() => void refetch()} />}
        {!error && !data && <Skeleton height={160} aria-busy />}
        {data && <Switches data={data} />}
        {provider === 'slack' && <Replies integrationId={integrationId} />}
      </Stack>
    </Card>
  );
}
