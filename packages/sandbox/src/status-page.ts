import type { Condition } from './conditions.ts';
import type { SandboxProvider } from './definition.ts';
import type { SandboxReply, SandboxRequest } from './exchange.ts';
import { json } from './operations.ts';

const fine = { indicator: 'none', description: 'All Systems Operational' };

/** What the provider would admit: troubles of its own, not those of one customer or on the way to it. */
const words: Partial<Record<Condition, typeof fine>> = {
  down: { indicator: 'critical', description: 'Major Service Outage' },
  flaky: { indicator: 'minor', description: 'Partially Degraded Service' },
  slow: { indicator: 'minor', description: 'Degraded Performance' },
};

/** The status page of the provider, for programs; it stands on its own and answers in every condition. */
export function statusPage(
  { statusPageUrl, name }: SandboxProvider,
  condition: Condition,
  { scheme, host, path }: SandboxRequest,
): SandboxReply | null {
  if (statusPageUrl === null) return null;
  const asked = `${scheme}://${host}${path}`;
  if (asked !== `${statusPageUrl.replace(/\/$/, '')}/api/v2/status.json`) return null;
  return json(200, { page: { name, url: statusPageUrl }, status: words[condition] ?? fine });
}
