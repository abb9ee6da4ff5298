import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './packages/server/src/testing/longest-first.ts';

const conditions = ['trunkline-source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['packages/*/src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts', 'chaos/*.test.ts'],
    globalSetup: [
      'packages/server/src/testing/postgres.global.ts',
      'packages/server/src/testing/programs.global.ts',
    ],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Beside the workers run the database and the processes of their tests, and many tests wait for a lease or a clock: two
    // workers leave a third of two cores idle, three hardly any.
    maxWorkers: Math.max(3, Math.ceil(availableParallelism() / 2)),
    sequence: { sequencer: LongestFirst },
    // Loading the modules anew for each file would take as long as the tests. So no test replaces a module (`vi.mock`), and
    // none leaves anything behind in one.
    isolate: false,
  },
});
