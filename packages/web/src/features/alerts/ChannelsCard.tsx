import { Button } from '@mantine/core';
import {
  deleteAlertChannel,
  listAlertChannels,
  listAlertRules,
  testAlertChannel,
  updateAlertChannel,
} from '@trunkline/contract/alert-settings';
import type { AlertChannel } from '@trunkline/contract/alert-settings';
import { Megaphone, Plus } from 'lucide-react';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { CellText } from '../../components/CellText.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Toggle } from '../../components/Toggle.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { notifyError } from '../../lib/notify.ts';
import { roleNames } from '../../lib/session.ts';
import { ChannelDialog } from './ChannelDialog.tsx';
import { channelKindWords, severityWords } from './alert-words.ts';
import classes from './AlertSettings.module.css';

export const mayNotSet = 'Only a system administrator changes alert settings.';

function whereTo({ target }: AlertChannel): string {
  switch (target.kind) {
    case 'email':
      return [
        ...target.addresses,
        ...target.roles.map((role) => `every ${roleNames[role].toLowerCase()}`),
      ].join(', ');
    case 'slack':
      return target.channel;
    case 'slack_webhook':
      return 'The address is kept secret';
    case 'webhook':
      return target.url;
  }
}

function LastResult({ channel, testing }: { channel: AlertChannel; testing: boolean }) {
  if (testing) return <StatusBadge status="syncing" label="Sending" />;
  if (channel.last === null) return <span className={classes.quiet}>Nothing sent yet</span>;
  const { ok, at, detail } = channel.last;
  return (
    <span className={classes.result}>
      <StatusBadge status={ok ? 'success' : 'failed'} label={ok ? 'Sent' : 'Failed'} plain />{' '}
      <RelativeTime at={at} />
      <span className={classes.quiet}>{detail}</span>
    </span>
  );
}

interface ChannelActs {
  /** The channel that a test is under way to. */
  testingId: string | null;
  onTest: (channel: AlertChannel) => void;
  onChange: (channel: AlertChannel) => void;
  onRemove: (channel: AlertChannel) => void;
  onSwitch: (channel: AlertChannel, enabled: boolean) => Promise<unknown>;
}

function columnsOf({ testingId, onTest, onChange, onRemove, onSwitch }: ChannelActs): Column<AlertChannel>[] {
  return [
    {
      key: 'channel',
      header: 'Channel',
      rowHeader: true,
      cell: (channel) => (
        <CellText
          primary={channel.name}
          secondary={`${channelKindWords[channel.target.kind]}: ${whereTo(channel)}`}
        />
      ),
    },
    {
      key: 'takes',
      header: 'Takes',
      cell: ({ severities }) => severities.map((severity) => severityWords[severity]).join(', '),
    },
    {
      key: 'last',
      header: 'Last message',
      width: '30%',
      narrow: 'full',
      cell: (channel) => <LastResult channel={channel} testing={testingId === channel.id} />,
    },
    {
      key: 'on',
      header: 'On',
      cell: (channel) => (
        <Toggle
          label={`Send to ${channel.name}`}
          checked={channel.enabled}
          permission="alert.settings"
          lockedReason={mayNotSet}
          onChange={(enabled) => onSwitch(channel, enabled)}
        />
      ),
    },
    {
      key: 'acts',
      header: 'Actions',
      hideHeader: true,
      align: 'end',
      narrow: 'full',
      cell: (channel) => (
        <span className={classes.acts}>
          <LockedAction permission="alert.settings" reason={mayNotSet}>
            <BusyButton
              size="xs"
              variant="default"
              busy={testingId === channel.id}
              aria-label={`Send a test to ${channel.name}`}
              onClick={() => onTest(channel)}
            >
              Send test
            </BusyButton>
          </LockedAction>
          <LockedAction permission="alert.settings" reason={mayNotSet}>
            <Button
              size="xs"
              variant="default"
              aria-label={`Change ${channel.name}`}
              onClick={() => onChange(channel)}
            >
              Change
            </Button>
          </LockedAction>
          <LockedAction permission="alert.settings" reason={mayNotSet}>
            <Button
              size="xs"
              variant="default"
              aria-label={`Remove ${channel.name}`}
              onClick={() => onRemove(channel)}
            >
              Remove
            </Button>
          </LockedAction>
        </span>
      ),
    },
  ];
}

/** The channels with their last result, and a test of each. */
export function ChannelsCard() {
  const channels = useOperation(listAlertChannels, {});
  const [dialog, setDialog] = useState<{ channel?: AlertChannel } | null>(null);
  const [removing, setRemoving] = useState<AlertChannel | null>(null);
  const invalidates = [listAlertChannels, listAlertRules];
  const test = useOperationMutation(testAlertChannel, { invalidates, onError: notifyError });
  const update = useOperationMutation(updateAlertChannel, { invalidates });
  const remove = useOperationMutation(deleteAlertChannel, { invalidates });

  const columns = columnsOf({
    testingId: test.isPending ? test.variables.id : null,
    onTest: (channel) => test.mutate({ id: channel.id }),
    onChange: (channel) => setDialog({ channel }),
    onRemove: setRemoving,
    onSwitch: (channel, enabled) => update.mutateAsync({ id: channel.id, enabled }),
  });

  return (
    <Card
      title="Channels"
      description="Where alerts go beside this screen. A channel never tells of its own failure: the others do."
      flush
      actions={
        <LockedAction permission="alert.settings" reason={mayNotSet}>
          <Button variant="default" leftSection={<Plus aria-hidden />} onClick={() => setDialog({})}>
            Add channel
          </Button>
        </LockedAction>
      }
    >
      <DataTable
        caption="Channels"
        columns={columns}
        rows={channels.data?.data ?? []}
        rowKey={({ id }) => id}
        isPending={channels.isPending}
        error={channels.error}
        onRetry={() => void channels.refetch()}
        empty={
          <EmptyState icon={Megaphone} title="Alerts appear on screen only">
            Add email, Slack or a webhook, so that somebody hears of them who is not looking.
          </EmptyState>
        }
      />
      {dialog && <ChannelDialog {...dialog} onClose={() => setDialog(null)} />}
      <ConfirmDialog
        opened={removing !== null}
        onClose={() => setRemoving(null)}
        title={`Remove “${removing?.name ?? ''}”?`}
        confirmLabel="Remove channel"
        danger
        onConfirm={() => remove.mutateAsync({ id: removing?.id ?? '' })}
      >
        <p>What waits for it is not sent. What was sent stays listed.</p>
      </ConfirmDialog>
    </Card>
  );
}
