import type { CheckStep } from '@trunkline/contract/checks';
import { healthPatterns } from '@trunkline/contract/health';
import type { HealthPattern, HealthPatternKey, SuggestedAction } from '@trunkline/contract/health';
import type { IntegrationStatus } from '@trunkline/contract/integrations';
import type { Fault } from '@trunkline/contract/faults';
import { suggest } from './actions.ts';
import type { ActionFacts } from './actions.ts';

/*
 * What the errors of an integration have in common. Every rule looks at facts only and says one sentence and what to do;
 * a rule that is not sure says nothing. Times are milliseconds since the epoch.
 */

export interface PatternFacts extends ActionFacts {
  now: number;
  status: IntegrationStatus;
  errors: readonly {
    fault: Fault;
    code: string | null;
    firstAt: number;
    /** The latest ones. */
    recentAt: readonly number[];
  }[];
  credentialsChangedAt: number | null;
  /** Newest first. */
  spans: readonly { status: IntegrationStatus; since: number }[];
  /** Day by day, oldest first, the last 24 hours last. */
  days: readonly { count: number; meanMs: number | null }[];
  /** The step of the last check that encrypted the connection. */
  tlsStep: Pick<CheckStep, 'status' | 'detail'> | null;
  /** Connected integrations of the same provider, this one among them. */
  sameProvider: { total: number; failing: number };
}

interface Finding {
  sentence: string;
  action: SuggestedAction['key'];
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** What is found, the most likely first. */
export function findPatterns(facts: PatternFacts): HealthPattern[] {
  return healthPatterns.flatMap((key) => {
    const found = rules[key](facts);
    return found === null ? [] : [{ key, sentence: found.sentence, action: suggest(found.action, facts) }];
  });
}

const rules: Record<HealthPatternKey, (facts: PatternFacts) => Finding | null> = {
  provider_incident: ({ sameProvider: { total, failing }, status, providerName, statusPageUrl }) => {
    if (status !== 'error' || total < 2 || failing < total) return null;
    return {
      sentence: `All ${total} integrations with ${providerName} fail: an incident there is likely.`,
      action: statusPageUrl === null ? 'contact_support' : 'status_page',
    };
  },

  after_rotation: ({ errors, credentialsChangedAt, now, status }) => {
    if (credentialsChangedAt === null || status !== 'error' || now - credentialsChangedAt > 7 * dayMs)
      return null;
    const refused = errors.filter(({ fault, code }) => fault === 'reauth' || code === '401');
    if (refused.length === 0 || refused.some(({ firstAt }) => firstAt < credentialsChangedAt)) return null;
    return {
      sentence: `Refused since the credentials were replaced ${ago(now - credentialsChangedAt)}: the new key is wrong, not active yet, or of another account.`,
      action: 'verify_key',
    };
  },

  certificate: ({ tlsStep, errors, status, now }) => {
    if (tlsStep?.status === 'warning') {
      return {
        sentence: `The server’s certificate is about to end: ${tlsStep.detail}`,
        action: 'renew_certificate',
      };
    }
    const latest = errors.find(
      ({ code, recentAt }) => code === 'tls' && now - Math.max(...recentAt) < hourMs,
    );
    if (status !== 'error' || latest === undefined || tlsStep?.status !== 'failed') return null;
    if (!/expired|not valid yet/.test(tlsStep.detail)) return null;
    return {
      sentence: `The server’s certificate has the wrong dates: ${tlsStep.detail}`,
      action: 'renew_certificate',
    };
  },

  quota_rhythm: ({ errors, now, providerName }) => {
    const times = recentOf(errors, ({ fault }) => fault === 'rateLimit' || fault === 'quota').filter(
      (at) => now - at < 3 * dayMs,
    );
    if (times.length < 3) return null;
    const rhythm = rhythmOf(times);
    if (rhythm !== null) {
      return { sentence: `${times.length} refusals for too many calls, ${rhythm}`, action: 'lower_rate' };
    }
    const lately = times.filter((at) => now - at < hourMs);
    if (lately.length < 3) return null;
    return {
      sentence: `${lately.length} refusals for too many calls ${within(lately)}: more calls than ${providerName} allows.`,
      action: 'lower_rate',
    };
  },

  timeouts: ({ errors, now }) => {
    const lately = recentOf(errors, ({ code }) => code === 'timeout').filter((at) => now - at < hourMs);
    if (lately.length < 3 || now - Math.max(...lately) > hourMs / 2) return null;
    return {
      sentence: `${lately.length} timeouts ${within(lately)}: network or firewall.`,
      action: 'check_firewall',
    };
  },

  flapping: ({ spans, now }) => {
    const lately = spans.filter(({ since }) => now - since < 2 * hourMs);
    const failures = lately.filter(({ status }) => status === 'error').length;
    if (failures < 3) return null;
    return {
      sentence: `Failed and recovered ${failures} times in two hours: it works only now and then.`,
      action: 'view_logs',
    };
  },

  drift: ({ days, statusPageUrl }) => {
    const measured = days.filter((day) => day.count >= 20).map(({ meanMs }) => meanMs ?? 0);
    const [today = 0, yesterday = 0, before = 0] = measured.slice(-3).reverse();
    const first = measured.slice(0, -2);
    if (measured.length < 5) return null;
    const usual = first.reduce((sum, ms) => sum + ms, 0) / first.length;
    if (today < 1.5 * usual || today - usual < 50 || !(today > yesterday && yesterday > before)) return null;
    return {
      sentence: `Slower day by day: ${Math.round(usual)} ms a week ago, ${Math.round(today)} ms now.`,
      action: statusPageUrl === null ? 'test_network' : 'status_page',
    };
  },
};

/** When in an hour or a day the refusals come, if always at the same time; all of UTC. */
function rhythmOf(times: readonly number[]): string | null {
  const all = (test: (at: number) => boolean): boolean => times.every(test);
  const different = (unitMs: number): number => new Set(times.map((at) => Math.floor(at / unitMs))).size;
  const hourOf = (at: number): number => (at % dayMs) / hourMs;
  const minuteOf = (at: number): number => (at % hourMs) / minuteMs;
  if (different(dayMs) >= 2) {
    if (all((at) => hourOf(at) < 1)) {
      return 'each time just after midnight (UTC): jobs that start together want to be spread.';
    }
    if (all((at) => hourOf(at) >= 16)) {
      return 'each time late in the day (UTC): a daily allowance is used up until midnight.';
    }
  }
  if (different(hourMs) >= 2) {
    if (all((at) => minuteOf(at) < 10)) {
      return 'each time at the top of the hour: jobs that start together want to be spread.';
    }
    if (all((at) => minuteOf(at) >= 35)) {
      return 'each time late in the hour: an hourly allowance is used up until the top of the hour.';
    }
  }
  return null;
}

function recentOf<E extends { recentAt: readonly number[] }>(
  errors: readonly E[],
  test: (error: E) => boolean,
): number[] {
  return errors.filter(test).flatMap(({ recentAt }) => recentAt);
}

function within(times: readonly number[]): string {
  const minutes = Math.max(1, Math.round((Math.max(...times) - Math.min(...times)) / minuteMs));
  return `in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
}

function ago(ms: number): string {
  const [count, unit] =
    ms < 2 * hourMs
      ? [Math.max(1, Math.round(ms / minuteMs)), 'minute']
      : ms < 2 * dayMs
        ? [Math.round(ms / hourMs), 'hour']
        : [Math.round(ms / dayMs), 'day'];
  return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
}
