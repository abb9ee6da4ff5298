import type { Operation } from '@trunkline/contract/operation';
import type { OperationName } from '@trunkline/contract/operations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allOperations } from '../bindings.ts';
import { operationSamples } from '../testing/operation-samples.ts';
import { createSamples } from '../testing/sample-data.ts';
import type { Samples } from '../testing/sample-data.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp } from '../testing/test-app.ts';
import { startSink, startTestHttp } from '../testing/test-http.ts';
import type { Sink, TestHttp } from '../testing/test-http.ts';

const hostile: unknown[] = [
  null,
  '',
  ' ',
  '\0',
  'a\0b.c',
  '\ud800',
  `${'x'.repeat(300)}.y`,
  "'; DROP TABLE webhooks; --",
  '<script>alert(1)</script>',
  'http://127.0.0.1:9/\0',
  'http://[::1',
  '0000-00-00T00:00:00Z',
  '1900-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '00000000-0000-0000-0000-000000000000',
  -1,
  0,
  1e308,
  0.5,
  true,
  [],
  ['\0'],
  {},
  { '\0': '\0', __proto__: null, constructor: { prototype: 1 } },
];

/** Values of one request: all of an address have to fit into it. */
const atOnce = 8;

let test: TestApp;
let http: TestHttp;
let sink: Sink;
let samples: Samples;
let email: string;
let session: { cookie: string };

beforeAll(async () => {
  test = await createTestApp();
  http = await startTestHttp(test.app);
  sink = await startSink();
  const organization = await test.createOrganization();
  samples = createSamples(test, organization, { marker: 'sample', url: sink.url });
  email = organization.people.system_admin.email;
  session = await http.signIn({ email });
});
afterAll(async () => {
  await http?.close();
  await sink?.close();
  await test?.close();
});

/** The statuses of calls that go as one batch. */
async function callAll(
  { procedure, kind }: Operation,
  inputs: readonly unknown[],
  headers: Record<string, string>,
): Promise<number[]> {
  const path = `/api/trpc/${inputs.map(() => procedure).join(',')}?batch=1`;
  const body = Object.fromEntries(inputs.map((input, at) => [String(at), input]));
  const answer =
    kind === 'mutation'
      ? await http.call('POST', path, { headers, body })
      : await http.call('GET', `${path}&input=${encodeURIComponent(JSON.stringify(body))}`, { headers });
  const outcomes = answer.json as { error?: { data: { httpStatus: number } } }[];
  expect([procedure, Array.isArray(outcomes) ? outcomes.length : answer.text]).toEqual([
    procedure,
    inputs.length,
  ]);
  return outcomes.map(({ error }) => error?.data.httpStatus ?? 200);
}

describe('a hostile value in any field of any input', () => {
  it.each(allOperations.map((operation) => [operation.procedure, operation] as const))(
    'is no fault of the server: %s',
    async (_, operation) => {
      const sample = operationSamples[operation.name as OperationName];
      // Some of what needs no session would end it.
      const headers = operation.permission === 'public' ? {} : session;
      const good = (await sample.input(samples, { email, isMember: true })) as Record<string, unknown>;
      // Fields that a sample leaves out are tried too.
      const shape = 'shape' in operation.input ? Object.keys(operation.input.shape as object) : [];
      // Without the right password, so that nothing is hashed a hundred times.
      const fields = new Set([...Object.keys(good), ...shape].filter((field) => field !== 'password'));
      for (const field of fields) {
        for (let from = 0; from < hostile.length; from += atOnce) {
          const values = hostile.slice(from, from + atOnce);
          const inputs = values.map((value) => ({
            ...good,
            ...('password' in good ? { password: 'wrong password' } : {}),
            [field]: value,
          }));
          const answers = await callAll(operation, inputs, headers);
          const label = (at: number) => `${field} = ${JSON.stringify(values[at])}`;
          expect(answers.map((answer, at) => [label(at), answer >= 500 ? answer : 'fine'])).toEqual(
            values.map((_, at) => [label(at), 'fine']),
          );
        }
      }
    },
  );
});
