import { Button, Checkbox, Modal, Select, TextInput, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { alertSeverities } from '@trunkline/contract/alert-rules';
import type { AlertSeverity } from '@trunkline/contract/alert-rules';
import {
  createAlertChannel,
  listAlertChannels,
  updateAlertChannel,
} from '@trunkline/contract/alert-settings';
import type { AlertChannel, AlertChannelTarget } from '@trunkline/contract/alert-settings';
import { listIntegrations } from '@trunkline/contract/integrations';
import { roles } from '@trunkline/contract/permissions';
import type { Role } from '@trunkline/contract/permissions';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { DialogFooter } from '../../components/DialogFooter.tsx';
import { FormError } from '../../components/FormError.tsx';
import { Notice } from '../../components/Notice.tsx';
import { Stack } from '../../components/Stack.tsx';
import type { ApiError } from '../../lib/api-error.ts';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { applyFormErrors } from '../../lib/form-errors.ts';
import { roleNames } from '../../lib/session.ts';
import { channelKindWords, severityWords } from './alert-words.ts';

type Kind = AlertChannelTarget['kind'];

interface Values {
  name: string;
  kind: Kind;
  addresses: string;
  roles: Role[];
  integrationId: string;
  channel: string;
  url: string;
  severities: AlertSeverity[];
}

function initial(channel: AlertChannel | undefined): Values {
  const target = channel?.target;
  return {
    name: channel?.name ?? '',
    kind: target?.kind ?? 'email',
    addresses: target?.kind === 'email' ? target.addresses.join('\n') : '',
    roles: target?.kind === 'email' ? target.roles : ['system_admin'],
    integrationId: target?.kind === 'slack' ? target.integrationId : '',
    channel: target?.kind === 'slack' ? target.channel : '',
    url: target?.kind === 'webhook' ? target.url : '',
    severities: channel?.severities ?? ['critical', 'warning'],
  };
}

/** The addresses of a text with one a line, or commas between them. */
export function addressesOf(text: string): string[] {
  return text.split(/[\s,;]+/).filter((address) => address !== '');
}

function targetOf(values: Values, isNew: boolean): AlertChannelTarget {
  switch (values.kind) {
    case 'email':
      return { kind: 'email', addresses: addressesOf(values.addresses), roles: values.roles };
    case 'slack':
      return { kind: 'slack', integrationId: values.integrationId, channel: values.channel.trim() };
    case 'slack_webhook': {
      const url = values.url.trim();
      return isNew || url !== '' ? { kind: 'slack_webhook', url } : { kind: 'slack_webhook' };
    }
    case 'webhook':
      return { kind: 'webhook', url: values.url.trim() };
  }
}

const pointers = {
  '/target/addresses': 'addresses',
  '/target/url': 'url',
  '/target/channel': 'channel',
  '/target/integrationId': 'integrationId',
};

/** The pointer of an item of a list belongs to the list. */
function withoutItems(error: ApiError): ApiError {
  return Object.assign(error, {
    errors: error.errors.map(({ pointer, detail }) => ({
      pointer: pointer.replace(/^\/target\/addresses\/\d+$/, '/target/addresses'),
      detail,
    })),
  });
}

function ChannelForm({
  channel,
  onClose,
  onCreated,
}: {
  channel: AlertChannel | undefined;
  onClose: () => void;
  onCreated: (secret: string | null) => void;
}) {
  const [problem, setProblem] = useState<string | null>(null);
  const slack = useOperation(listIntegrations, { provider: 'slack', limit: 100 });
  const form = useForm<Values>({
    initialValues: initial(channel),
    validate: {
      name: (value) => (value.trim() === '' ? 'Give it a name' : null),
      severities: (value) => (value.length === 0 ? 'Pick at least one' : null),
      integrationId: (value, { kind }) => (kind === 'slack' && value === '' ? 'Pick an integration' : null),
      channel: (value, { kind }) => (kind === 'slack' && value.trim() === '' ? 'Name a channel' : null),
    },
  });
  const shared = {
    invalidates: [listAlertChannels],
    onError: (error: ApiError) => setProblem(applyFormErrors(form, withoutItems(error), pointers)),
  };
  const create = useOperationMutation(createAlertChannel, {
    ...shared,
    onSuccess: ({ secret }) => onCreated(secret),
  });
  const update = useOperationMutation(updateAlertChannel, { ...shared, onSuccess: onClose });
  const { kind } = form.values;

  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => {
        setProblem(null);
        const { name, severities } = values;
        const target = targetOf(values, channel === undefined);
        if (channel) update.mutate({ id: channel.id, name, severities, target });
        else create.mutate({ name, severities, target });
      })}
    >
      <Stack>
        <FormError message={problem} />
        <TextInput label="Name" placeholder="Operations" data-autofocus {...form.getInputProps('name')} />
        <Select
          label="Kind"
          allowDeselect={false}
          disabled={channel !== undefined}
          data={Object.entries(channelKindWords).map(([value, label]) => ({ value, label }))}
          {...form.getInputProps('kind')}
        />
        {kind === 'email' && (
          <>
            <Textarea
              label="Addresses"
              description="One a line. They get mail through your own mail server when one is connected and works."
              autosize
              minRows={2}
              {...form.getInputProps('addresses')}
            />
            <Checkbox.Group label="Everybody with the role" {...form.getInputProps('roles')}>
              <Stack gap={8}>
                {roles.map((role) => (
                  <Checkbox key={role} value={role} label={roleNames[role]} />
                ))}
              </Stack>
            </Checkbox.Group>
          </>
        )}
        {kind === 'slack' && (
          <>
            <Select
              label="Integration"
              placeholder={slack.data?.data.length === 0 ? 'Connect Slack first' : 'Pick one'}
              data={(slack.data?.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
              {...form.getInputProps('integrationId')}
            />
            <TextInput label="Channel" placeholder="#ops" {...form.getInputProps('channel')} />
          </>
        )}
        {kind === 'slack_webhook' && (
          <TextInput
            label="Address of the incoming webhook"
            description={
              channel ? 'Leave it empty to keep the stored one.' : 'It is a secret and is not shown again.'
            }
            placeholder="https://hooks.slack.com/services/…"
            autoComplete="off"
            {...form.getInputProps('url')}
          />
        )}
        {kind === 'webhook' && (
          <TextInput
            label="URL"
            description="Messages are signed as Standard Webhooks says."
            placeholder="https://example.com/alerts"
            {...form.getInputProps('url')}
          />
        )}
        <Checkbox.Group label="Takes" {...form.getInputProps('severities')}>
          <Stack gap={8}>
            {alertSeverities.map((severity) => (
              <Checkbox key={severity} value={severity} label={severityWords[severity]} />
            ))}
          </Stack>
        </Checkbox.Group>
      </Stack>
      <DialogFooter>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <BusyButton type="submit" busy={create.isPending || update.isPending}>
          {channel ? 'Save' : 'Add channel'}
        </BusyButton>
      </DialogFooter>
    </form>
  );
}

/** Adds a channel or changes one; the signing secret of a new webhook is shown once. */
export function ChannelDialog({ channel, onClose }: { channel?: AlertChannel; onClose: () => void }) {
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Modal
      opened
      onClose={onClose}
      title={secret ? 'Signing secret' : channel ? `Change “${channel.name}”` : 'Add a channel'}
      closeOnClickOutside={secret === null}
    >
      {secret === null ? (
        <ChannelForm
          channel={channel}
          onClose={onClose}
          onCreated={(made) => (made === null ? onClose() : setSecret(made))}
        />
      ) : (
        <>
          <Stack>
            <Notice tone="active" role="status" title="The channel was added">
              Verify its messages with this secret. It is shown only now.
            </Notice>
            <TextInput
              label="Signing secret"
              value={secret}
              readOnly
              onFocus={(event) => event.currentTarget.select()}
            />
            <div>
              <CopyButton withLabel label="Copy secret" value={secret} />
            </div>
          </Stack>
          <DialogFooter>
            <Button onClick={onClose}>Done</Button>
          </DialogFooter>
        </>
      )}
    </Modal>
  );
}
