import type { HealthMetrics, IntegrationHealth, Metric } from '@trunkline/contract/health';
import { ArrowDown, ArrowUp, Check } from 'lucide-react';
import { Card } from '../../components/Card.tsx';
import { formatNumber } from '../../lib/format.ts';
import { judgementWords, metricText, normalText, placesOf } from './health-words.ts';
import type { MetricUnit } from './health-words.ts';
import classes from './Health.module.css';

const icons = { normal: Check, above: ArrowUp, below: ArrowDown };

interface MetricRowProps {
  label: string;
  metric: Metric;
  unit: MetricUnit;
  /** More of it is worse. */
  worse?: boolean;
}

function MetricRow({ label, metric, unit, worse }: MetricRowProps) {
  const { value, judgement } = metric;
  const places = placesOf(metric);
  const Icon = judgement === null ? null : icons[judgement];
  const tone =
    judgement === null
      ? 'none'
      : judgement === 'normal' || (worse && judgement === 'below')
        ? 'active'
        : worse
          ? 'error'
          : 'degraded';
  return (
    <div className={classes.metric}>
      <dt>{label}</dt>
      <dd className={classes.value}>{metricText(value, unit)}</dd>
      <dd className={classes.compared}>
        <svg className={classes.scale} viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden>
          <rect className={classes.track} x="0" y="2" width="100" height="4" rx="1" />
          {places && (
            <>
              <rect
                className={classes.band}
                x={places.low}
                y="2"
                width={Math.max(1, places.high - places.low)}
                height="4"
              />
              <rect
                className={classes.marker}
                data-tone={tone}
                x={Math.min(99, Math.max(0, places.at - 0.5))}
                y="0"
                width="1"
                height="8"
              />
            </>
          )}
        </svg>
        <span className={classes.judgement} data-tone={tone}>
          {Icon && <Icon size={13} aria-hidden />}
          {judgement && judgementWords[judgement]}
        </span>
        <span className={classes.quiet}>{normalText(metric, unit)}</span>
      </dd>
    </div>
  );
}

function Kind({ name, metrics }: { name: string; metrics: HealthMetrics }) {
  return (
    <section className={classes.kind} aria-label={name}>
      <h3 className={classes.heading}>{name}</h3>
      <dl className={classes.metrics}>
        <MetricRow label="Count" metric={metrics.count} unit="count" />
        <MetricRow label="Failed" metric={metrics.failures} unit="count" worse />
        <MetricRow label="Failure rate" metric={metrics.failureRate} unit="share" worse />
        <MetricRow label="Response time, mean" metric={metrics.meanMs} unit="ms" worse />
        <MetricRow label="Response time, 95 %" metric={metrics.p95Ms} unit="ms" worse />
      </dl>
    </section>
  );
}

/** The last 24 hours beside what is normal for this very integration. */
export function AgainstNormal({ health }: { health: IntegrationHealth }) {
  const { metrics, baseline } = health;
  const hasCalls = (metrics.calls.count.value ?? 0) > 0 || metrics.calls.count.normal !== null;
  return (
    <Card
      title="Against normal"
      description={
        baseline.enough
          ? 'Last 24 hours, beside its own 7 days before.'
          : `Last 24 hours. What is normal is known after three days of measurements; there are ${formatNumber(baseline.hours)} hours so far.`
      }
    >
      {hasCalls && <Kind name="Calls" metrics={metrics.calls} />}
      <Kind name="Checks" metrics={metrics.checks} />
    </Card>
  );
}
