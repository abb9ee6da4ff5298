import { Button, Checkbox, Modal, MultiSelect, Select, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { alertSeverities } from '@trunkline/contract/alert-rules';
import type { AlertSeverity } from '@trunkline/contract/alert-rules';
import { listAlertChannels } from '@trunkline/contract/alert-settings';
import { listStatusUpdates, postStatusUpdate } from '@trunkline/contract/status-updates';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { DialogFooter } from '../../components/DialogFooter.tsx';
import { FormError } from '../../components/FormError.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { applyFormErrors } from '../../lib/form-errors.ts';
import { useIntegrationChoices } from '../integrations/use-integration-choices.ts';
import { severityWords } from './alert-words.ts';

interface Values {
  text: string;
  severity: AlertSeverity;
  integrationIds: string[];
  channelIds: string[];
  resolved: boolean;
}

/** Tells everybody of the organization what is going on (UC §9.3). */
export function PostStatusDialog({ onClose }: { onClose: () => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const channels = useOperation(listAlertChannels, {});
  const form = useForm<Values>({
    initialValues: { text: '', severity: 'warning', integrationIds: [], channelIds: [], resolved: false },
    validate: { text: (value) => (value.trim() === '' ? 'Say what is going on' : null) },
  });
  const { hintOf: _hint, ...integrations } = useIntegrationChoices(form.values.integrationIds);
  const post = useOperationMutation(postStatusUpdate, {
    invalidates: [listStatusUpdates],
    // The banner that appears says that it was posted.
    onSuccess: onClose,
    onError: (error) => setProblem(applyFormErrors(form, error)),
  });
  return (
    <Modal opened onClose={onClose} title="Post a status update">
      <form noValidate onSubmit={form.onSubmit((values) => post.mutate(values))}>
        <Stack>
          <FormError message={problem} />
          <Textarea
            label="What everybody should know"
            description="Everybody of the organization sees it on every page until it is closed."
            autosize
            minRows={3}
            maxLength={1_000}
            data-autofocus
            {...form.getInputProps('text')}
          />
          <Select
            label="Severity"
            allowDeselect={false}
            data={alertSeverities.map((value) => ({ value, label: severityWords[value] }))}
            {...form.getInputProps('severity')}
          />
          <MultiSelect
            label="About"
            placeholder="Integrations"
            searchable
            {...form.getInputProps('integrationIds')}
            {...integrations}
          />
          {/* Always there: one that came later would move the button from under the pointer. */}
          <MultiSelect
            label="Also send through"
            placeholder={channels.data?.data.length === 0 ? 'No channels yet' : 'Channels'}
            disabled={channels.data?.data.length === 0}
            data={(channels.data?.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            {...form.getInputProps('channelIds')}
          />
          <Checkbox
            label="It tells that the matter is over"
            {...form.getInputProps('resolved', { type: 'checkbox' })}
          />
        </Stack>
        <DialogFooter>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <BusyButton type="submit" busy={post.isPending}>
            Post
          </BusyButton>
        </DialogFooter>
      </form>
    </Modal>
  );
}
