import { Radio } from '@mantine/core';
import { getRetryConfig } from '@trunkline/contract/retry';
import type { RetryPolicy } from '@trunkline/contract/retry';
import { AppLink } from '../../components/AppLink.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperation } from '../../lib/api.ts';
import { RetryPolicyFields, policyProblems } from '../retry/RetryPolicyFields.tsx';
import { SchedulePicture } from '../retry/SchedulePicture.tsx';
import { scheduleSentence } from '../retry/schedule-words.ts';
import classes from './RetryFields.module.css';

export interface RetryFieldsProps {
  /** False: the webhook follows the organization's policy. */
  own: boolean;
  policy: RetryPolicy;
  onOwn: (own: boolean) => void;
  onPolicy: (policy: RetryPolicy) => void;
}

/** Whether a webhook follows the organization's retry policy or has its own, with the picture of the latter. */
export function RetryFields({ own, policy, onOwn, onPolicy }: RetryFieldsProps) {
  const organization = useOperation(getRetryConfig, {});
  return (
    <div>
      <Radio.Group
        aria-label="Retry policy"
        value={own ? 'own' : 'organization'}
        onChange={(value) => onOwn(value === 'own')}
      >
        <Stack gap={12}>
          <Radio
            value="organization"
            label="Follow the organization"
            description={
              <>
                {organization.data ? `${scheduleSentence(organization.data)}. ` : ''}
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
      {own && (
        <div className={classes.fields}>
          <RetryPolicyFields
            value={policy}
            onChange={(change) => onPolicy({ ...policy, ...change })}
            errors={policyProblems(policy)}
          />
          <SchedulePicture policy={policy} />
        </div>
      )}
    </div>
  );
}
