import { Button, Modal, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { isEventTypeName } from '@trunkline/contract/event-pattern';
import { listEventTypes, saveEventType } from '@trunkline/contract/events';
import type { EventType } from '@trunkline/contract/events';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { DialogFooter } from '../../components/DialogFooter.tsx';
import { FormError } from '../../components/FormError.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { applyFormErrors } from '../../lib/form-errors.ts';
import { notifyDone } from '../../lib/notify.ts';
import { exampleProblem, parseJsonObject } from './check-example.ts';
import classes from './EventTypeForm.module.css';

const startSchema = {
  type: 'object',
  properties: { id: { type: 'string', description: 'Id in your product.' } },
  required: ['id'],
};

const pretty = (value: unknown) => JSON.stringify(value, null, 2);

function jsonProblem(text: string): string | null {
  const parsed = parseJsonObject(text);
  return 'problem' in parsed ? parsed.problem : null;
}

function jsonOf(text: string): Record<string, unknown> {
  const parsed = parseJsonObject(text);
  return 'value' in parsed ? parsed.value : {};
}

export interface EventTypeFormProps {
  /** The type to change; null for a new one. */
  type: EventType | null;
  onClose: () => void;
}

function FormBody({ type, onClose }: EventTypeFormProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const form = useForm({
    initialValues: {
      name: type?.name ?? '',
      group: type?.group ?? 'Custom',
      description: type?.description ?? '',
      schema: pretty(type?.schema ?? startSchema),
      example: pretty(type?.example ?? { id: '1234' }),
    },
    validate: {
      name: (value) =>
        isEventTypeName(value.trim()) ? null : 'Lower-case words joined by dots, such as timesheet.approved',
      group: (value) => (value.trim() ? null : 'Enter the group it is listed under'),
      description: (value) => (value.trim() ? null : 'Say when the event happens'),
      schema: jsonProblem,
      example: (value, { schema }) => {
        const own = jsonProblem(value);
        if (own !== null || jsonProblem(schema) !== null) return own;
        return exampleProblem(jsonOf(schema), jsonOf(value));
      },
    },
  });
  const save = useOperationMutation(saveEventType, {
    invalidates: [listEventTypes],
    onSuccess: ({ name }) => {
      notifyDone(type ? `${name} saved` : `${name} added`);
      onClose();
    },
    onError: (error) => setProblem(applyFormErrors(form, error)),
  });

  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => {
        setProblem(null);
        save.mutate({
          name: values.name.trim(),
          group: values.group.trim(),
          description: values.description.trim(),
          schema: jsonOf(values.schema),
          example: jsonOf(values.example),
        });
      })}
    >
      <Stack>
        <FormError message={problem} requestId={save.error?.requestId ?? null} />
        <div className={classes.pair}>
          <TextInput
            label="Name"
            description={type ? 'A name cannot be changed.' : 'Lower-case words joined by dots.'}
            placeholder="timesheet.approved"
            readOnly={type !== null}
            classNames={{ input: classes.mono ?? '' }}
            spellCheck={false}
            autoComplete="off"
            {...(type ? {} : { 'data-autofocus': true })}
            {...form.getInputProps('name')}
          />
          <TextInput
            label="Group"
            description="Where it is listed."
            maxLength={60}
            {...form.getInputProps('group')}
          />
        </div>
        <Textarea
          label="Description"
          description="When it happens, in a sentence."
          maxLength={500}
          {...form.getInputProps('description')}
        />
        <Textarea
          label="Schema"
          description="JSON Schema of data. It documents the event; events are not refused for it."
          classNames={{ input: classes.code ?? '' }}
          minRows={6}
          maxRows={12}
          spellCheck={false}
          {...form.getInputProps('schema')}
        />
        <Textarea
          label="Example"
          description="A realistic data object. Test deliveries send it."
          classNames={{ input: classes.code ?? '' }}
          minRows={4}
          maxRows={10}
          spellCheck={false}
          {...form.getInputProps('example')}
        />
      </Stack>
      <DialogFooter>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <BusyButton type="submit" busy={save.isPending}>
          {type ? 'Save changes' : 'Add event type'}
        </BusyButton>
      </DialogFooter>
    </form>
  );
}

/** Adds or changes one of the organization's own event types (WH-8). */
export function EventTypeForm({ opened, type, onClose }: EventTypeFormProps & { opened: boolean }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={type ? `Edit ${type.name}` : 'Add event type'}
      size={640}
      closeOnClickOutside={false}
      classNames={{ header: classes.header ?? '' }}
    >
      <FormBody type={type} onClose={onClose} />
    </Modal>
  );
}
