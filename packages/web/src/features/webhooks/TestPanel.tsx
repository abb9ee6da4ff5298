import { Button, Select } from '@mantine/core';
import type { DeliveryResult } from '@trunkline/contract/deliveries';
import { listEventTypes } from '@trunkline/contract/events';
import { getWebhook, listWebhooks, testWebhook } from '@trunkline/contract/webhooks';
import type { Webhook } from '@trunkline/contract/webhooks';
import { Send } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { FormError } from '../../components/FormError.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { formatDuration } from '../../lib/format.ts';
import { ButtonLink } from './ButtonLink.tsx';
import { ExchangeColumns } from './Exchange.tsx';
import { groupCatalog, testTypeOf } from './event-selection.ts';
import { failureWords } from './failure-words.ts';
import { lockedReasons } from './reasons.ts';
import { statusText } from './status-text.ts';
import classes from './TestPanel.module.css';

function TestResult({ result, href, onHide }: { result: DeliveryResult; href: string; onHide: () => void }) {
  const actions = (
    <>
      <ButtonLink href={href} variant="default" size="xs">
        Open in history
      </ButtonLink>
      <Button variant="default" size="xs" onClick={onHide}>
        Hide result
      </Button>
    </>
  );
  const time = formatDuration(result.durationMs);
  return (
    <div className={classes.result}>
      {result.success ? (
        <Notice
          tone="active"
          role="status"
          title={`${statusText(result.responseStatus)} (Delivered in ${time})`}
          actions={actions}
        />
      ) : (
        <Notice
          tone="error"
          role="status"
          title={`${statusText(result.responseStatus)} (Failed after ${time})`}
          actions={actions}
        >
          {result.error && failureWords(result.error.code, result.responseStatus).cause}
        </Notice>
      )}
      <ExchangeColumns
        request={result.request}
        response={result.response}
        durationMs={result.durationMs}
        failure={result.error?.message ?? null}
      />
    </div>
  );
}

export interface TestPanelProps {
  webhook: Pick<Webhook, 'id' | 'events' | 'status'>;
  /** Sends the first test by itself, once. */
  autoSend?: boolean;
  onSent?: () => void;
}

/** Sends one example event now and shows what went out and what came back (WH-4). */
export function TestPanel({ webhook, autoSend, onSent }: TestPanelProps) {
  const catalog = useOperation(listEventTypes, {}, { staleTime: 300_000 });
  const [picked, setPicked] = useState<string | null>(null);
  const send = useOperationMutation(testWebhook, {
    invalidates: [getWebhook, listWebhooks],
    ...(onSent ? { onSuccess: onSent } : {}),
  });
  const types = catalog.data?.data ?? [];
  const eventType = picked ?? testTypeOf(webhook.events, types);

  const sent = useRef(false);
  const { mutate } = send;
  const ready = !catalog.isPending;
  useEffect(() => {
    if (!autoSend || !ready || sent.current) return;
    sent.current = true;
    mutate({ id: webhook.id, eventType });
  }, [autoSend, ready, mutate, webhook.id, eventType]);

  // A type typed by hand is not in the catalog, but can be tested too.
  const own = webhook.events.filter(
    (pattern) => !pattern.includes('*') && !types.some((type) => type.name === pattern),
  );
  const data = [
    ...groupCatalog(types).map((group) => ({
      group: group.name,
      items: group.types.map((type) => type.name),
    })),
    ...(own.length > 0 ? [{ group: 'Of this webhook', items: own }] : []),
  ];

  return (
    <div>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!send.isPending) send.mutate({ id: webhook.id, eventType });
        }}
      >
        <Select
          className={classes.event}
          label="Event"
          data={data}
          value={eventType}
          onChange={setPicked}
          searchable
          disabled={catalog.isPending}
          nothingFoundMessage="No event type matches"
          maxDropdownHeight={320}
        />
        <LockedAction permission="webhook.test" reason={lockedReasons.test}>
          <BusyButton
            type="submit"
            variant="default"
            busy={send.isPending}
            leftSection={<Send aria-hidden />}
          >
            Send test webhook
          </BusyButton>
        </LockedAction>
        <p className={classes.hint}>
          Sends the example of this event once, signed, without retries
          {webhook.status === 'disabled'
            ? ', also while the webhook is off'
            : webhook.status === 'paused'
              ? ', also while the webhook is paused'
              : ''}
          .
        </p>
      </form>
      {send.error && (
        <div className={classes.result}>
          <FormError message={send.error.detail} requestId={send.error.requestId} />
        </div>
      )}
      {send.data && (
        <TestResult
          result={send.data}
          href={`/webhooks/${webhook.id}?delivery=${send.data.deliveryId}`}
          onHide={send.reset}
        />
      )}
    </div>
  );
}
