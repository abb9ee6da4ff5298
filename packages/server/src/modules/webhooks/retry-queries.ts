import { defaultRetryConfig } from '@trunkline/contract/retry';
import type { RetryConfig } from '@trunkline/contract/retry';
import type { Tx } from '../../ctx.ts';

export async function readRetryConfig(tx: Tx): Promise<RetryConfig> {
  const [row] = await tx.query<Omit<RetryConfig, 'fixedDelaySeconds'>>(
    `SELECT retry_strategy AS "retryStrategy", max_retries AS "maxRetries",
       initial_delay_seconds AS "initialDelaySeconds", max_delay_seconds AS "maxDelaySeconds",
       enable_jitter AS "enableJitter", enable_dlq AS "enableDlq", dlq_retention_days AS "dlqRetentionDays"
     FROM retry_configs WHERE organization_id = current_organization()`,
  );
  const config = row ?? defaultRetryConfig;
  return { ...config, fixedDelaySeconds: config.initialDelaySeconds };
}
