import { updateRetryConfig as operation } from '@trunkline/contract/retry';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { fieldError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { readRetryConfig } from './retry-queries.ts';

/** Changes the retry and dead-letter settings (RETRY-1); waiting deliveries follow them from their next attempt. */
export const updateRetryConfig: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { app } = ctx;
  return inOrganization(ctx, async (tx) => {
    const before = await readRetryConfig(tx);
    const initial = input.initialDelaySeconds ?? input.fixedDelaySeconds ?? before.initialDelaySeconds;
    if (initial > input.maxDelaySeconds) {
      throw fieldError(
        'invalid_input',
        '/maxDelaySeconds',
        `The longest delay is shorter than the first one of ${initial} seconds.`,
      );
    }
    await tx.query(
      `INSERT INTO retry_configs (organization_id, retry_strategy, max_retries, initial_delay_seconds,
         max_delay_seconds, enable_jitter, enable_dlq, dlq_retention_days)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (organization_id) DO UPDATE SET retry_strategy = excluded.retry_strategy,
         max_retries = excluded.max_retries, initial_delay_seconds = excluded.initial_delay_seconds,
         max_delay_seconds = excluded.max_delay_seconds, enable_jitter = excluded.enable_jitter,
         enable_dlq = excluded.enable_dlq, dlq_retention_days = excluded.dlq_retention_days`,
      [
        tx.organizationId,
        input.retryStrategy,
        input.maxRetries,
        initial,
        input.maxDelaySeconds,
        input.enableJitter,
        input.enableDlq,
        input.dlqRetentionDays ?? before.dlqRetentionDays,
      ],
    );
    const after = await readRetryConfig(tx);
    const changes = changesBetween(before, after);
    // One change, one field: this one only repeats the initial delay.
    delete changes['fixedDelaySeconds'];
    await recordAudit(ctx, tx, {
      action: 'retry_config.updated',
      target: { type: 'retry_config', id: null, name: null },
      changes,
    });
    tx.afterCommit(() => app.engine.endpoints.forgetOrganization(tx.organizationId));
    tx.announce('retry');
    return after;
  });
};
