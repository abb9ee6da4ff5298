import { providerCategories } from '@trunkline/contract/provider-categories';
import type { ProviderCategory } from '@trunkline/contract/provider-categories';
import { runbookPhases } from '@trunkline/contract/runbooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSamples } from '../../testing/sample-data.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { getRunbook } from './get-runbook.ts';
import { listRunbooks } from './list-runbooks.ts';
import { runbookOf, summariesOf } from './rules.ts';
import type { Subject } from './rules.ts';

const subject = (id: string, category: ProviderCategory, status: Subject['status'] = 'active'): Subject => ({
  id,
  name: `Integration ${id}`,
  status,
  provider: {
    slug: `provider-${id}`,
    name: `Provider ${id}`,
    category,
    byFiles: false,
    statusPageUrl: `https://status.example/${id}`,
    docsUrl: null,
  },
});
const idsOf = (runbook: ReturnType<typeof runbookOf>, key: string) =>
  runbook.steps.find((step) => step.key === key)?.links.map(({ integrationId }) => integrationId);

describe('a runbook', () => {
  it.each(Object.keys(providerCategories) as ProviderCategory[])(
    'of %s has every phase, in order',
    (category) => {
      const { steps } = runbookOf(category, [subject('a', category)]);
      const phases = steps.map(({ phase }) => runbookPhases.indexOf(phase));
      expect(phases).toEqual(phases.toSorted((a, b) => a - b));
      expect(new Set(phases).size).toBe(runbookPhases.length);
      expect(new Set(steps.map(({ key, phase }) => `${phase} ${key}`)).size).toBe(steps.length);
    },
  );

  it('is about those of the category that fail, and about all of it while none does', () => {
    const subjects = [subject('a', 'email'), subject('b', 'email', 'error'), subject('c', 'sms', 'error')];
    const failing = runbookOf('email', subjects);
    expect(failing.integrations.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(idsOf(failing, 'health')).toEqual(['b']);
    expect(idsOf(runbookOf('email', [subject('a', 'email'), subject('d', 'email')]), 'health')).toEqual([
      'a',
      'd',
    ]);
  });

  it('links outside only where the provider has such a page', () => {
    const own = subject('a', 'email');
    const { steps } = runbookOf('email', [own]);
    expect(steps.find(({ key }) => key === 'status-page')?.links).toEqual([
      {
        target: 'statusPage',
        label: 'Status page: Provider a',
        integrationId: 'a',
        url: 'https://status.example/a',
      },
    ]);
    expect(steps.find(({ key }) => key === 'vendor')?.links).toEqual([]);
  });

  it('offers a file by hand only for a provider that takes files', () => {
    const byApi = subject('a', 'payroll');
    const byFiles = { ...byApi, id: 'b', provider: { ...byApi.provider, byFiles: true } };
    expect(idsOf(runbookOf('payroll', [byApi, byFiles]), 'csv')).toEqual(['b']);
  });
});

it('lists what fails first, then what is critical, then the rest', () => {
  const list = summariesOf([subject('a', 'video', 'error'), subject('b', 'crm'), subject('c', 'email')]);
  expect(list[0]).toMatchObject({ category: 'video', integrations: 1, errors: 1, critical: false });
  expect(list.at(-1)).toMatchObject({ category: 'crm', errors: 0 });
  expect(list.filter(({ critical }) => critical).map(({ category }) => category)).toContain('payroll');
});

describe('over a real organization', () => {
  let test: TestApp;
  let organization: TestOrganization;
  beforeAll(async () => {
    test = await createTestApp();
    organization = await test.createOrganization();
  });
  afterAll(() => test.close());

  it('knows its integrations and nobody else’s', async () => {
    const samples = createSamples(test, organization, { marker: 'own', url: 'http://127.0.0.1:9' });
    const id = await samples.integration();
    const { data } = await listRunbooks(test.as('viewer', organization), {});
    const [mine] = data.filter(({ integrations }) => integrations > 0);
    const runbook = await getRunbook(test.as('viewer', organization), { category: mine!.category });
    expect(runbook.integrations.map((each) => each.id)).toEqual([id]);
    const stranger = await test.createOrganization();
    expect(
      (await getRunbook(test.as('viewer', stranger), { category: mine!.category })).integrations,
    ).toEqual([]);
  });
});
