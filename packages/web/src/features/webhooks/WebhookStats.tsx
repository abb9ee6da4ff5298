import type { Webhook } from '@trunkline/contract/webhooks';
import type { ReactNode } from 'react';
import { Card } from '../../components/Card.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Sparkbars } from '../../components/Sparkbars.tsx';
import { useNow } from '../../lib/clock.ts';
import { formatNumber, formatPercent } from '../../lib/format.ts';
import { lastDay } from './activity.ts';
import { statusText } from './status-text.ts';
import classes from './WebhookStats.module.css';

const hourMs = 3_600_000;

function Stat({
  label,
  value,
  foot,
  bad,
}: {
  label: string;
  value: ReactNode;
  foot: ReactNode;
  bad?: boolean;
}) {
  return (
    <div className={classes.stat}>
      <dt>{label}</dt>
      <dd className={bad ? `${classes.value} ${classes.bad}` : classes.value}>{value}</dd>
      <dd className={classes.foot}>{foot}</dd>
    </div>
  );
}

const heldSince = (at: string) => (
  <>
    the oldest <RelativeTime at={at} />
  </>
);

/** How a webhook does, in five numbers (WH-7). */
export function WebhookStats({ webhook, failingSince }: { webhook: Webhook; failingSince: string | null }) {
  const hours = lastDay(webhook.activity, useNow(hourMs));
  const today = hours.reduce((sum, hour) => sum + hour.succeeded + hour.failed, 0);
  const { failureCount, successRate, status } = webhook;
  return (
    <Card flush>
      <div className={classes.wrap}>
        <dl className={classes.stats}>
          <Stat
            label="Success rate"
            value={formatPercent(successRate, 2)}
            bad={successRate !== null && successRate < 0.99}
            foot={
              webhook.attempts30d === 0
                ? 'No attempts in 30 days'
                : webhook.attempts30d === 1
                  ? 'of 1 attempt in 30 days'
                  : `of ${formatNumber(webhook.attempts30d)} attempts in 30 days`
            }
          />
          <div className={classes.stat}>
            <dt>Last 24 hours</dt>
            <dd className={classes.bars}>
              <Sparkbars hours={hours} />
            </dd>
            <dd className={classes.foot}>{today === 1 ? '1 attempt' : `${formatNumber(today)} attempts`}</dd>
          </div>
          <Stat
            label="Failures in a row"
            value={formatNumber(failureCount)}
            bad={status === 'failing'}
            foot={
              failureCount > 0 && failingSince !== null ? (
                <>
                  last success <RelativeTime at={failingSince} />
                </>
              ) : failureCount > 0 ? (
                'no success yet'
              ) : webhook.lastDeliveryAt === null ? (
                'Nothing was attempted yet'
              ) : (
                'The last attempt succeeded'
              )
            }
          />
          <Stat
            label={status === 'disabled' ? 'Held' : 'Pending'}
            value={formatNumber(webhook.pending)}
            foot={
              status === 'disabled'
                ? webhook.oldestHeldAt === null
                  ? 'until it is switched on'
                  : heldSince(webhook.oldestHeldAt)
                : webhook.held > 0
                  ? `${formatNumber(webhook.held)} of them held`
                  : 'wait for an attempt'
            }
          />
          <Stat
            label="Last delivery"
            value={<RelativeTime at={webhook.lastDeliveryAt} empty="None yet" />}
            foot={
              webhook.lastDeliveryAt === null
                ? 'Send a test to begin'
                : statusText(webhook.lastDeliveryStatus)
            }
          />
        </dl>
      </div>
    </Card>
  );
}
