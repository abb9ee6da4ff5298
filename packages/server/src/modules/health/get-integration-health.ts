import { getIntegrationHealth as operation } from '@trunkline/contract/health';
import type { ErrorGroup } from '@trunkline/contract/health';
import { authorize } from '../../authorize.ts';
import type { App, Tx } from '../../ctx.ts';
import { endpointOf } from '../../connections/endpoint.ts';
import { loadConnection } from '../../connections/load-connection.ts';
import { providerOf } from '../../connections/provider-of.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import type { ActionFacts } from './actions.ts';
import { baselineOf, compare, dayMs, isEnough, lastDayOf, between, totalOf } from './metrics.ts';
import { findPatterns } from './patterns.ts';
import { countSameProvider, readErrors, readHours, readSpans, readState } from './queries.ts';
import { seriesOf, stepsOf } from './series.ts';
import { uptimeOf } from './uptime.ts';

const mostTransitions = 50;

/**
 * How an integration does (HEALTH-2, UC §5): its errors and what they have in common, the last 24 hours beside its own
 * seven days before, charts and uptime of the range.
 *
 * @throws AppError `not_found`
 */
export const getIntegrationHealth: Verb<typeof operation> = async (ctx, { id, range }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const now = app.clock();
  const { from } = stepsOf(range, now);
  return inOrganization(ctx, async (tx) => {
    const state = await readState(tx, id);
    const provider = await providerOf(tx, state.provider);
    const since = Math.min(from, lastDayOf(now) - 7 * dayMs);
    const hours = await readHours(tx, id, new Date(since));
    const errors = await readErrors(tx, id, new Date(from));
    const spans = await readSpans(tx, [id], new Date(from));
    const baseline = baselineOf(hours, now);
    const place = await placeOf(app, tx, id);
    const patterns = findPatterns({
      providerName: provider.name,
      statusPageUrl: provider.statusPageUrl,
      websiteUrl: provider.website,
      ...place,
      now,
      status: state.status,
      errors: errors.map(withTimes),
      credentialsChangedAt: state.credentialsChangedAt?.getTime() ?? null,
      spans,
      days: [...baseline, totalOf(between(hours, lastDayOf(now), Infinity))],
      tlsStep: state.report?.steps.find(({ key }) => key === 'tls') ?? null,
      sameProvider: await countSameProvider(tx, state.provider),
    });
    const ofKind = (kind: 'check' | 'call') => hours.filter((row) => row.kind === kind);
    return {
      id,
      name: state.name,
      provider: { slug: provider.slug, name: provider.name, statusPageUrl: provider.statusPageUrl },
      status: state.status,
      statusSince: state.since.toISOString(),
      problem: state.problem,
      lastCheckAt: state.lastCheckAt?.toISOString() ?? null,
      nextCheckAt: state.nextCheckAt?.toISOString() ?? null,
      errors,
      patterns,
      metrics: { checks: compare(ofKind('check'), now), calls: compare(ofKind('call'), now) },
      baseline: {
        from: new Date(lastDayOf(now) - 7 * dayMs).toISOString(),
        to: new Date(lastDayOf(now)).toISOString(),
        hours: new Set(between(hours, lastDayOf(now) - 7 * dayMs, lastDayOf(now)).map(({ at }) => at)).size,
        enough: isEnough(baseline),
      },
      series: seriesOf(range, now, hours, spans),
      uptime: uptimeOf(spans, from, now, state.target),
      transitions: spans.slice(0, mostTransitions).map(({ status, since: began, until, problem }) => ({
        status,
        since: new Date(began).toISOString(),
        until: until === null ? null : new Date(until).toISOString(),
        problem,
      })),
    };
  });
};

function withTimes({ fault, code, firstAt, recentAt }: ErrorGroup) {
  return { fault, code, firstAt: Date.parse(firstAt), recentAt: recentAt.map((at) => Date.parse(at)) };
}

/** Where it leads; nowhere when a variable that a credential names is not there. */
async function placeOf(app: App, tx: Tx, id: string): Promise<Pick<ActionFacts, 'host' | 'port'>> {
  try {
    const place = endpointOf(await loadConnection(app, tx, id));
    return place ?? { host: null, port: null };
  } catch (error) {
    if (error instanceof RangeError) return { host: null, port: null };
    throw error;
  }
}
