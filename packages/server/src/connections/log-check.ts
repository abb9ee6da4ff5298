import type { CheckReport } from '@trunkline/contract/checks';
import type { App, Tx } from '../ctx.ts';
import { quantile } from '../lib/latency-histogram.ts';
import type { LogDetails } from '../logs/log-line.ts';
import type { Connection } from './connection.ts';
import type { Transition } from './state.ts';

/** A check that takes longer is worth a line, where it usually takes less than half of that. */
const slowMs = 3_000;
const weekMs = 7 * 86_400_000;

/**
 * Writes what a check of a stored connection found, when there is something to tell: every failure, the end of failures,
 * and a slow answer. A healthy integration is checked 288 times a day; lines that say so would hide those that matter.
 */
export async function logCheck(
  app: Pick<App, 'clock' | 'logs'>,
  tx: Tx,
  connection: Connection,
  report: CheckReport,
  { from, to, since }: Transition,
): Promise<void> {
  const { organizationId, integrationId } = connection;
  const { problem, durationMs } = report;
  const details: LogDetails = { host: hostOf(connection), durationMs };
  const tell = (
    level: 'info' | 'warn' | 'error',
    event: string,
    message: string,
    more: LogDetails = {},
  ): void =>
    tx.afterCommit(() =>
      app.logs.write({
        organizationId,
        integrationId,
        source: 'check',
        level,
        event,
        message,
        details: { ...details, ...more },
      }),
    );
  if (problem !== null) {
    const failed = report.steps.find(({ status }) => status === 'failed');
    tell(to === 'degraded' ? 'warn' : 'error', 'check.failed', problem.title, {
      cause: problem.cause,
      fix: problem.fix,
      error: {
        code: report.code ?? problem.fault,
        message: failed ? `${failed.label}: ${failed.detail}` : problem.cause,
      },
    });
    return;
  }
  if (from === 'error' || from === 'degraded') {
    const seconds = Math.max(0, Math.round((app.clock() - since.getTime()) / 1000));
    tell('info', 'check.recovered', `Works again after ${spanOf(seconds)}.`, { downSeconds: seconds });
  }
  if (durationMs <= slowMs) return;
  const normalMs = await usualMs(app, tx, integrationId);
  if (normalMs !== null && durationMs < 2 * normalMs) return;
  const normal = normalMs === null ? '' : ` (normal: ${secondsOf(normalMs)})`;
  tell('warn', 'check.slow', `Slow response: ${secondsOf(durationMs)}${normal}.`, { normalMs });
}

/** Half of the checks of a week took less; null without any. */
async function usualMs(app: Pick<App, 'clock'>, tx: Tx, integrationId: string): Promise<number | null> {
  const [row] = await tx.query<{ latency: number[] | null }>(
    `SELECT sum_counts(latency) AS latency FROM integration_hours
     WHERE organization_id = current_organization() AND integration_id = $1 AND kind = 'check' AND hour > $2`,
    [integrationId, new Date(app.clock() - weekMs)],
  );
  return quantile((row?.latency ?? []).map(Number), 0.5);
}

/** Where a connection leads: host, and port where one was given; undefined when it depends on more than its values. */
export function hostOf({ provider, values }: Pick<Connection, 'provider' | 'values'>): string | undefined {
  const { host, port } = values;
  if (host !== undefined && host !== '') return port === undefined || port === '' ? host : `${host}:${port}`;
  const { baseUrl } = provider;
  return baseUrl !== null && !baseUrl.includes('{') && URL.canParse(baseUrl)
    ? new URL(baseUrl).host
    : undefined;
}

const secondsOf = (ms: number): string => `${(ms / 1000).toFixed(1)}s`;

/** 90 → `1 min`, 7500 → `2 h`. */
export function spanOf(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 2 * 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}
