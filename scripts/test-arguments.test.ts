import { expect, it } from 'vitest';
import { planTests } from './lib/test-arguments.mjs';

it.each([
  [[], { node24: false, pgbouncer: false, unit: [], e2e: [] }],
  [['unit'], { node24: false, pgbouncer: false, unit: [], e2e: undefined }],
  [['e2e', '--grep', 'sign'], { node24: false, pgbouncer: false, unit: undefined, e2e: ['--grep', 'sign'] }],
  [
    ['packages/server/src/lib'],
    { node24: false, pgbouncer: false, unit: ['packages/server/src/lib'], e2e: undefined },
  ],
  [
    ['chaos/chaos.test.ts'],
    { node24: false, pgbouncer: false, unit: ['chaos/chaos.test.ts'], e2e: undefined },
  ],
  [['e2e/auth.test.ts'], { node24: false, pgbouncer: false, unit: undefined, e2e: ['e2e/auth.test.ts'] }],
  [['--node24', 'unit', 'backoff'], { node24: true, pgbouncer: false, unit: ['backoff'], e2e: undefined }],
  [['--pgbouncer'], { node24: false, pgbouncer: true, unit: [], e2e: undefined }],
])('%j', (args, plan) => {
  expect(planTests(args)).toEqual(plan);
});
