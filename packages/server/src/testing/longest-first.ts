import { readFileSync } from 'node:fs';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** The files that take longest, in this order. */
const longest = [
  'packages/server/src/http/isolation.test.ts',
  'packages/server/src/commands/serve.test.ts',
  'chaos/chaos.test.ts',
  'packages/server/src/delivery/backlog.test.ts',
  'packages/server/src/db/embedded.test.ts',
  'packages/server/src/modules/actions/copy-back.test.ts',
  'packages/server/src/delivery/limits.test.ts',
  'packages/server/src/modules/actions/last-resort.test.ts',
  'chaos/actions.test.ts',
  'packages/server/src/delivery/leases.test.ts',
  'packages/server/src/modules/automations/automations.test.ts',
  'packages/server/src/connections/tokens-of-nodes.test.ts',
  'packages/server/src/http/hostile-input.test.ts',
  'packages/server/src/commands/several-nodes.test.ts',
  'packages/server/src/modules/audit/signatures.test.ts',
  'packages/server/src/modules/alerts/notifications.test.ts',
  'packages/server/src/modules/actions/actions.test.ts',
  'packages/server/src/lib/mail/mail.test.ts',
  'packages/server/src/commands/limits-of-nodes.test.ts',
  'packages/server/src/commands/demo/outage.test.ts',
  'packages/server/src/modules/actions/action-bulks.test.ts',
  'packages/server/src/modules/actions/elsewhere.test.ts',
  'packages/server/src/modules/actions/conformance.test.ts',
  'packages/server/src/modules/inbound/killed-worker.test.ts',
  'packages/server/src/commands/rewrap-secrets.test.ts',
  'packages/server/src/commands/verify-audit.test.ts',
  'packages/server/src/modules/automations/killed-worker.test.ts',
  'packages/server/src/modules/actions/killed-worker.test.ts',
];

const placeOf = ({ moduleId }: TestSpecification): number => {
  const place = longest.findIndex((file) => moduleId.endsWith(`/${file}`));
  return place === -1 ? longest.length : place;
};

const needsBrowser = ({ moduleId }: TestSpecification): boolean =>
  readFileSync(moduleId, 'utf8').startsWith('// @vitest-environment jsdom');

/**
 * A long file that begins last is one that a single worker ends the run with, so the longest begin first. Those in jsdom come
 * after all others: a worker has one environment, and is replaced by a new one, which loads all modules anew, whenever the
 * next file wants another.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted(
      (a, b) => Number(needsBrowser(a)) - Number(needsBrowser(b)) || placeOf(a) - placeOf(b),
    );
  }
}
