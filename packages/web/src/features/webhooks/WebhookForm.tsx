import { Switch, TextInput, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { FormErrors } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { listEventTypes } from '@trunkline/contract/events';
import type { RetryConfig } from '@trunkline/contract/retry';
import { createWebhook, listWebhooks, testWebhook, updateWebhook } from '@trunkline/contract/webhooks';
import type { Webhook, WebhookFlow } from '@trunkline/contract/webhooks';
import { useRef, useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { Stack } from '../../components/Stack.tsx';
import { UnsavedGuard } from '../../components/UnsavedGuard.tsx';
import { callOperation, invalidateOperations, operationQuery } from '../../lib/api.ts';
import { toApiError } from '../../lib/api-error.ts';
import { applyFormErrors } from '../../lib/form-errors.ts';
import { notifyDone, notifyError } from '../../lib/notify.ts';
import { track } from '../../lib/track.ts';
import { policyProblems } from '../retry/RetryPolicyFields.tsx';
import { EventPicker } from './EventPicker.tsx';
import { FlowFields } from './FlowFields.tsx';
import { FormBar } from './FormBar.tsx';
import { RetryFields } from './RetryFields.tsx';
import { UrlCheckLine } from './UrlCheckLine.tsx';
import { testTypeOf } from './event-selection.ts';
import { flowProblems } from './flow.ts';
import { trackFormErrors, trackRefusal, useWebhookReview } from './track-webhooks.ts';
import { useUrlCheck } from './use-url-check.ts';
import { putWebhook } from './webhook-cache.ts';
import { changedInput, draftValues, hasChanges, inputOf, valuesOf } from './webhook-form.ts';
import type { WebhookDraft, WebhookValues } from './webhook-form.ts';
import classes from './WebhookForm.module.css';

export interface Created {
  webhook: Webhook;
  secret: string;
  test: boolean;
}

export interface WebhookFormProps {
  /** Null: a new one. */
  webhook: Webhook | null;
  organizationRetry: RetryConfig | undefined;
  /** What a template fills into a new one. */
  draft?: WebhookDraft;
  onCreated: (created: Created) => void;
}

function validate(values: WebhookValues): Record<string, string> {
  return {
    ...(values.name.trim() === '' ? { name: 'Give the webhook a name' } : {}),
    ...(values.url.trim() === '' ? { url: 'Enter the URL that receives the events' } : {}),
    ...(values.events.length === 0 ? { events: 'Pick at least one event' } : {}),
    ...(values.ownRetry && Object.keys(policyProblems(values.retry)).length > 0
      ? { retry: 'Correct the numbers of the retry policy' }
      : {}),
    ...Object.fromEntries(
      Object.entries(flowProblems(values.flow)).map(([field, problem]) => [`flow.${field}`, problem]),
    ),
  };
}

/** What is wrong with the flow as it stands, and what the server said of it. */
function flowErrors(errors: FormErrors, flow: WebhookFlow): Partial<Record<keyof WebhookFlow, string>> {
  const said = Object.entries(errors).flatMap(([path, error]) =>
    path.startsWith('flow.') && typeof error === 'string' ? [[path.slice('flow.'.length), error]] : [],
  );
  return { ...(Object.fromEntries(said) as object), ...flowProblems(flow) };
}

/** Brings the first field with an error into view; the picker of events is no field of its own. */
function showFirstError(root: HTMLElement | null): void {
  requestAnimationFrame(() => {
    const field = root?.querySelector<HTMLElement>('[aria-invalid=true], [data-invalid] input');
    field?.focus({ preventScroll: true });
    field?.scrollIntoView({ block: 'center' });
  });
}

/** Name, URL with its check, events, retries, flow: the form of a new and of an existing webhook (WH-1, WH-2). */
export function WebhookForm({ webhook, organizationRetry, draft = {}, onCreated }: WebhookFormProps) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const urlCheck = useUrlCheck();
  useWebhookReview('form', true);
  const root = useRef<HTMLFormElement>(null);
  const isSaved = useRef(false);
  const [start] = useState(() => valuesOf(webhook, organizationRetry));
  const [initial] = useState(() => draftValues(start, draft));
  const [saving, setSaving] = useState<'save' | 'test' | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const form = useForm<WebhookValues>({ initialValues: initial, validate });
  const values = form.getValues();

  /** Checks the URL and puts a fault that forbids saving on the field. True when it may be saved; false when it was changed meanwhile. */
  async function checkUrl(again = false): Promise<boolean> {
    const url = form.getValues().url.trim();
    if (url === '' || (url === start.url && !again)) return true;
    // What the person has seen may be saved; an unreachable ping that comes up only now stops once.
    const seen = urlCheck.state.url === url && urlCheck.state.result !== null;
    const result = await urlCheck.check(url, again);
    if (form.getValues().url.trim() !== url) return false;
    if (!result) return true;
    if (!result.ok) {
      form.setFieldError('url', result.message);
      return false;
    }
    return result.code === null || seen;
  }

  async function update(id: string, test: boolean): Promise<void> {
    const changes = changedInput(start, form.getValues());
    const saved = await callOperation(updateWebhook, { id, ...changes });
    putWebhook(client, saved);
    isSaved.current = true;
    notifyDone('Webhook saved', saved.name);
    let delivery: string | undefined;
    if (test) {
      try {
        const catalog = await client.ensureQueryData(operationQuery(listEventTypes, {}));
        const eventType = testTypeOf(saved.events, catalog.data);
        delivery = (await callOperation(testWebhook, { id, eventType })).deliveryId;
      } catch (thrown) {
        notifyError(toApiError(thrown));
      }
    }
    await navigate({
      to: '/webhooks/$webhookId',
      params: { webhookId: id },
      search: delivery ? { delivery } : {},
    });
  }

  async function create(test: boolean): Promise<void> {
    const { description, ...input } = inputOf(form.getValues());
    const { secret, ...made } = await callOperation(createWebhook, {
      ...input,
      ...(description === '' ? {} : { description }),
    });
    void invalidateOperations(client, [listWebhooks]);
    isSaved.current = true;
    window.scrollTo(0, 0);
    onCreated({ webhook: made, secret, test });
  }

  async function save(test: boolean): Promise<void> {
    if (saving !== null) return;
    setProblem(null);
    const { hasErrors, errors } = form.validate();
    if (hasErrors) {
      trackFormErrors(errors);
      showFirstError(root.current);
      return;
    }
    setSaving(test ? 'test' : 'save');
    const url = form.getValues().url.trim();
    try {
      if (!(await checkUrl())) {
        // Somebody goes on typing: this is not what was to be saved.
        if (form.getValues().url.trim() !== url) return;
        const checked = await urlCheck.check(url);
        const unreachable = checked?.ok;
        track({
          event: 'webhook_save_failed',
          properties: { field: 'url', error_code: unreachable ? 'unreachable' : 'invalid_input' },
        });
        if (unreachable) setProblem('The endpoint was not reached. Save again to keep the URL anyway.');
        showFirstError(root.current);
        return;
      }
      await (webhook ? update(webhook.id, test) : create(test));
    } catch (thrown) {
      const error = toApiError(thrown);
      trackRefusal(error);
      setProblem(applyFormErrors(form, error));
      showFirstError(root.current);
    } finally {
      setSaving(null);
    }
  }

  const dirty = hasChanges(start, values);
  const urlProps = form.getInputProps('url');
  return (
    <>
      {/* Outside the form: what its dialog submits would bubble into this one. */}
      <UnsavedGuard
        subject="this webhook"
        isDirty={() => !isSaved.current && hasChanges(start, form.getValues())}
      />
      <form
        ref={root}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save(false);
        }}
      >
        <Card title="Endpoint">
          <Stack>
            <div className={classes.two}>
              <TextInput
                label="Webhook name"
                placeholder="Job created, Zapier"
                withAsterisk
                maxLength={120}
                {...form.getInputProps('name')}
              />
              <Textarea
                label="Description"
                placeholder="What it is for, and whom to ask"
                maxLength={500}
                minRows={1}
                {...form.getInputProps('description')}
              />
            </div>
            <div className={classes.url}>
              <TextInput
                label="Webhook URL"
                description="HTTPS and publicly reachable. It is checked when you leave the field."
                placeholder="https://"
                type="url"
                inputMode="url"
                autoComplete="off"
                spellCheck={false}
                withAsterisk
                maxLength={2048}
                {...urlProps}
                onChange={(event) => {
                  urlCheck.forget();
                  urlProps.onChange(event);
                }}
                onBlur={() => void checkUrl()}
              />
              <UrlCheckLine state={urlCheck.state} onAgain={() => void checkUrl(true)} />
            </div>
            <Switch
              label="Active"
              description="Off: nothing is sent. What comes is held as long as events are kept, and sent when it is on again."
              {...form.getInputProps('active', { type: 'checkbox' })}
            />
          </Stack>
        </Card>
        <Card
          title="Events to subscribe"
          description="Pick single types, or a whole group with its later types."
        >
          <EventPicker
            context={webhook ? 'edit' : 'new'}
            value={values.events}
            onChange={(events) => form.setFieldValue('events', events)}
            error={typeof form.errors['events'] === 'string' ? form.errors['events'] : null}
          />
        </Card>
        <Card title="Retries" description="When a delivery that failed is tried again.">
          <RetryFields
            own={values.ownRetry}
            policy={values.retry}
            onOwn={(own) => form.setFieldValue('ownRetry', own)}
            onPolicy={(policy) => form.setFieldValue('retry', policy)}
          />
        </Card>
        <FlowFields
          value={values.flow}
          onChange={(change) => form.setFieldValue('flow', { ...form.getValues().flow, ...change })}
          errors={flowErrors(form.errors, values.flow)}
        />
        <FormBar
          dirty={dirty}
          saving={saving}
          error={problem}
          idleWords={webhook ? 'No changes' : 'Name, URL and events are needed'}
          cancelHref={webhook ? `/webhooks/${webhook.id}` : '/webhooks'}
          onSaveAndTest={() => void save(true)}
        />
      </form>
    </>
  );
}
