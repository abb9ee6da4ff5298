import { NumberInput, Radio, SegmentedControl, Switch } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { getRetryConfig } from '@trunkline/contract/retry';
import type { RetryPolicy } from '@trunkline/contract/retry';
import { retryBounds } from '@trunkline/contract/retry-schedule';
import { useId } from 'react';
import { AppLink } from '../../components/AppLink.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperation } from '../../lib/api.ts';
import { formatSeconds } from '../../lib/format.ts';
import { SchedulePicture } from '../retry/SchedulePicture.tsx';
import { typedPolicy } from './webhook-form.ts';
import type { RetryValues, WebhookValues } from './webhook-form.ts';
import classes from './RetryFields.module.css';

const strategies = [
  { value: 'exponential', label: 'Exponential' },
  { value: 'linear', label: 'Linear' },
  { value: 'fixed', label: 'Fixed' },
];

/** A policy as a sentence: `3 retries, exponential, over 35 s at most`. */
function summary(policy: RetryPolicy): string {
  const last = retryBounds(policy).at(-1);
  const retries = policy.maxRetries === 1 ? '1 retry' : `${policy.maxRetries} retries`;
  return `${retries}, ${policy.retryStrategy}, within ${formatSeconds((last?.latestMs ?? 0) / 1000)}`;
}

/** Whether a webhook follows the organization's retry policy or has its own, with the picture of the latter. */
export function RetryFields({ form }: { form: UseFormReturnType<WebhookValues> }) {
  const organization = useOperation(getRetryConfig, {});
  const strategyId = useId();
  const { ownRetry, retry } = form.getValues();
  const policy = typedPolicy(retry);

  return (
    <div>
      <Radio.Group
        aria-label="Retry policy"
        value={ownRetry ? 'own' : 'organization'}
        onChange={(value) => form.setFieldValue('ownRetry', value === 'own')}
      >
        <Stack gap={12}>
          <Radio
            value="organization"
            label="Follow the organization"
            description={
              <>
                {organization.data ? `${summary(organization.data)}. ` : ''}
                Set under <AppLink href="/retries">Retries</AppLink>.
              </>
            }
          />
          <Radio
            value="own"
            label="Own policy for this webhook"
            description="For a receiver that needs more patience, or less."
          />
        </Stack>
      </Radio.Group>
      {ownRetry && (
        <div className={classes.fields}>
          <Stack>
            <div>
              <span className={classes.label} id={strategyId}>
                Strategy
              </span>
              <SegmentedControl
                fullWidth
                aria-labelledby={strategyId}
                data={strategies}
                value={retry.retryStrategy}
                onChange={(value) =>
                  form.setFieldValue('retry.retryStrategy', value as RetryValues['retryStrategy'])
                }
              />
            </div>
            <div className={classes.numbers}>
              <NumberInput
                label="Max retries"
                min={1}
                max={10}
                allowDecimal={false}
                {...form.getInputProps('retry.maxRetries')}
              />
              <NumberInput
                label="Initial delay"
                suffix=" s"
                min={1}
                max={86_400}
                allowDecimal={false}
                {...form.getInputProps('retry.initialDelaySeconds')}
              />
              <NumberInput
                label="Max delay"
                suffix=" s"
                min={1}
                max={604_800}
                allowDecimal={false}
                {...form.getInputProps('retry.maxDelaySeconds')}
              />
            </div>
            <Switch
              label="Random jitter"
              description="Spreads retries that fell due together."
              {...form.getInputProps('retry.enableJitter', { type: 'checkbox' })}
            />
          </Stack>
          {policy && <SchedulePicture policy={policy} />}
        </div>
      )}
    </div>
  );
}
