import type { CheckProblem } from '@trunkline/contract/checks';
import type { IntegrationStatus } from '@trunkline/contract/integrations';
import { verificationOutcomes } from '@trunkline/contract/verification';
import type {
  VerificationFinding,
  VerificationItem,
  VerificationOutcome,
} from '@trunkline/contract/verification';

/** Credentials are to be replaced after so many days (CONN-8). */
export const oldestDays = 90;
/** A consent that ends within so many days and cannot be renewed by itself is told of. */
const soonDays = 14;
const dayMs = 86_400_000;

/** What is known of an integration at the end of the run. */
export interface Facts {
  status: IntegrationStatus;
  problem: CheckProblem | null;
  since: number;
  uptimePercent: number | null;
  uptimeTarget: number;
  /** When the credentials were entered; null for those that have none. */
  credentialsAt: number | null;
  /** When the consent ends for good; null when it renews itself or does not end. */
  endsAt: number | null;
}

/** What there is to say of an integration, the worst first. */
export function findingsOf(facts: Facts, now: number): VerificationFinding[] {
  const { status, problem, since, uptimePercent, uptimeTarget, credentialsAt, endsAt } = facts;
  const findings: VerificationFinding[] = [];
  const add = (key: VerificationFinding['key'], severity: VerificationFinding['severity'], text: string) =>
    findings.push({ key, severity, text });
  if (status === 'disabled') add('disabled', 'note', `Switched off since ${dayOf(since)}; not checked.`);
  if (status === 'pending') add('pending', 'warning', 'Begun and never connected: connect it, or remove it.');
  if (status === 'error' && problem) {
    add('check', 'failed', `${problem.title}, since ${dayOf(since)}. ${problem.fix}`);
  }
  if (status === 'degraded' && problem) add('restricted', 'warning', `${problem.title}. ${problem.fix}`);
  if (uptimePercent !== null && uptimePercent < uptimeTarget) {
    add(
      'uptime',
      'warning',
      `Worked ${percent(uptimePercent)} of the last 30 days; the target is ${uptimeTarget} %.`,
    );
  }
  const age = ageInDays(credentialsAt, now);
  if (age !== null && age >= oldestDays && status !== 'disabled') {
    add(
      'credentials',
      'warning',
      `The credentials are ${age} days old; replace them every ${oldestDays} days.`,
    );
  }
  if (endsAt !== null && status !== 'disabled' && endsAt - now < soonDays * dayMs) {
    add(
      'expiry',
      'warning',
      endsAt <= now
        ? `The consent ended on ${dayOf(endsAt)}; connect it again.`
        : `The consent ends on ${dayOf(endsAt)} and does not renew itself; connect it again before.`,
    );
  }
  const order = ['failed', 'warning', 'note'];
  return findings.sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

/** What the findings come to. */
export function outcomeOf(
  status: IntegrationStatus,
  findings: readonly VerificationFinding[],
): VerificationOutcome {
  if (status === 'disabled') return 'skipped';
  if (findings.some(({ severity }) => severity === 'failed')) return 'failed';
  return findings.some(({ severity }) => severity === 'warning') ? 'warning' : 'ok';
}

/** Whole days since then; null when there is no then. */
export function ageInDays(at: number | null, now: number): number | null {
  return at === null ? null : Math.max(0, Math.floor((now - at) / dayMs));
}

/** The worst first, then by name. */
export function inOrder(items: readonly VerificationItem[]): VerificationItem[] {
  return items.toSorted(
    (a, b) =>
      verificationOutcomes.indexOf(a.outcome) - verificationOutcomes.indexOf(b.outcome) ||
      a.name.localeCompare(b.name),
  );
}

/** How many items ended how. */
export function countsOf(items: readonly VerificationItem[]): Record<VerificationOutcome, number> {
  const counts = { failed: 0, warning: 0, ok: 0, skipped: 0 };
  for (const { outcome } of items) counts[outcome] += 1;
  return counts;
}

/** First day of the month of a time, UTC: `2026-11-01`. */
export function monthOf(now: number): string {
  return `${new Date(now).toISOString().slice(0, 7)}-01`;
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Never rounded up to the target. */
const percent = (value: number): string => `${(Math.floor(value * 100) / 100).toFixed(2)} %`;
