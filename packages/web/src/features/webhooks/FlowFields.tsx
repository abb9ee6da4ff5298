import { Button, NumberInput, Radio } from '@mantine/core';
import type { WebhookFlow } from '@trunkline/contract/webhooks';
import { ChevronDown, ChevronUp } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { Stack } from '../../components/Stack.tsx';
import { flowWords } from './flow.ts';
import classes from './FlowFields.module.css';

const orders: { value: WebhookFlow['ordering']; label: string; description: string }[] = [
  {
    value: 'none',
    label: 'None (recommended)',
    description: 'Every delivery goes as soon as it can; a retry does not hold up the others.',
  },
  {
    value: 'park',
    label: 'Strict per subject, stop at a dead letter',
    description:
      'Events of one subject go one after the other; a dead letter stops its subject until somebody retries or clears it.',
  },
  {
    value: 'skip',
    label: 'Strict per subject, skip dead letters',
    description: 'Events of one subject go one after the other; after a dead letter the next one follows.',
  },
];

interface FlowNumberProps {
  label: string;
  description: string;
  placeholder: string;
  value: number | null;
  max: number;
  onChange: (value: number | null) => void;
  error: string | undefined;
}

/** A number that may be left empty. */
function FlowNumber({ value, onChange, ...others }: FlowNumberProps) {
  return (
    <NumberInput
      {...others}
      value={value ?? ''}
      onChange={(next) => onChange(typeof next === 'number' ? next : null)}
      min={1}
      clampBehavior="none"
      allowDecimal={false}
      allowNegative={false}
      thousandSeparator=","
    />
  );
}

export interface FlowFieldsProps {
  value: WebhookFlow;
  onChange: (change: Partial<WebhookFlow>) => void;
  errors: Partial<Record<keyof WebhookFlow, string>>;
}

/** How fast and in which order an endpoint is sent to; closed while all is as usual (WH-10). */
export function FlowFields({ value, onChange, errors }: FlowFieldsProps) {
  const id = useId();
  const [opened, setOpened] = useState(() => flowWords(value) !== null);
  const hasErrors = Object.keys(errors).length > 0;
  useEffect(() => {
    if (hasErrors) setOpened(true);
  }, [hasErrors]);
  return (
    <Card
      title="Delivery"
      description="How fast, and in which order. The usual settings suit most endpoints."
      actions={
        <Button
          variant="default"
          size="xs"
          aria-expanded={opened}
          aria-controls={id}
          leftSection={opened ? <ChevronUp aria-hidden /> : <ChevronDown aria-hidden />}
          onClick={() => setOpened(!opened)}
        >
          {opened ? 'Hide delivery settings' : 'Show delivery settings'}
        </Button>
      }
    >
      <div id={id}>
        {opened ? (
          <Stack gap={24}>
            <div className={classes.numbers}>
              <FlowNumber
                label="Requests at once"
                description="Empty: adapts itself to how fast the endpoint answers."
                placeholder="Automatic"
                max={512}
                value={value.maxConcurrency}
                onChange={(maxConcurrency) => onChange({ maxConcurrency })}
                error={errors.maxConcurrency}
              />
              <FlowNumber
                label="Rate limit, a second"
                description="Never more deliveries a second than this."
                placeholder="No limit"
                max={10_000}
                value={value.ratePerSecond}
                onChange={(ratePerSecond) => onChange({ ratePerSecond })}
                error={errors.ratePerSecond}
              />
              <FlowNumber
                label="Catch-up rate, a second"
                description="For held deliveries, once the endpoint is back or resumed."
                placeholder="As fast as it takes them"
                max={10_000}
                value={value.catchUpPerSecond}
                onChange={(catchUpPerSecond) => onChange({ catchUpPerSecond })}
                error={errors.catchUpPerSecond}
              />
            </div>
            <Radio.Group
              label="Order"
              description="An event's subject says what it is about, such as a job or a contact."
              value={value.ordering}
              onChange={(ordering) => onChange({ ordering })}
            >
              <div className={classes.choices}>
                {orders.map((order) => (
                  <Radio key={order.value} {...order} />
                ))}
              </div>
            </Radio.Group>
          </Stack>
        ) : (
          <p className={classes.summary}>
            {sentence(flowWords(value) ?? 'as fast as the endpoint takes them, in no particular order')}
          </p>
        )}
      </div>
    </Card>
  );
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
