import { backgroundCheckOrder } from '@trunkline/contract/capabilities/background-check';
import { hrisListEmployees } from '@trunkline/contract/capabilities/hris';
import { taxQuote } from '@trunkline/contract/capabilities/tax';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAdapterWorld } from '../../testing/adapter-world.ts';
import type { AdapterWorld } from '../../testing/adapter-world.ts';

let world: AdapterWorld;
beforeAll(async () => {
  world = await startAdapterWorld();
});
afterAll(() => world.close());

const order = backgroundCheckOrder.example;
const key = 'a'.repeat(32);

describe('a background check', () => {
  it.each(['checkr', 'sterling'])('at %s needs a package', async (slug) => {
    const { problem } = await world.ask(slug, 'background_check.order', order);
    expect([problem?.fault, problem?.cause]).toEqual(['badInput', expect.stringContaining('package')]);
    expect(world.sandbox.sent(slug)).toEqual([]);
  });

  it('is ordered once at Checkr, however often it is asked for', async () => {
    const wanted = { ...order, package: 'basic_plus' };
    const first = await world.ask('checkr', 'background_check.order', wanted, key);
    const again = await world.ask('checkr', 'background_check.order', wanted, key);
    expect([first.problem, again.result]).toEqual([null, first.result]);
    const made = world.sandbox.sent('checkr').filter(({ kind }) => kind === 'invitation');
    expect(made.map(({ data }) => data)).toMatchObject([
      { package: 'basic_plus', work_locations: [{ country: 'US', state: 'TX', city: 'Austin' }] },
    ]);
  });

  it('tells a package that is not known, and a state that is missing', async () => {
    for (const slug of ['checkr', 'sterling']) {
      const { outcome } = await world.ask(slug, 'background_check.order', { ...order, package: 'nothing' });
      expect([slug, outcome]).toEqual([slug, 'failed']);
    }
    const nowhere = { ...order, workLocation: { country: 'US' } };
    expect(backgroundCheckOrder.input.safeParse(nowhere).success).toBe(false);
  });
});

describe.each([
  ['bamboohr', 3],
  ['gusto', 2],
])('employees at %s', (slug, count) => {
  it('come page by page, everyone once', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { result } = await world.ask(slug, 'hris.list_employees', {
        limit: 1,
        ...(cursor !== null && { cursor }),
      });
      const page: ReturnType<typeof hrisListEmployees.output.parse> = hrisListEmployees.output.parse(result);
      expect(page.employees).toHaveLength(1);
      seen.push(page.employees[0]!.employeeId);
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(count);
  });

  it('have their names and what they do, and a cursor of another list is refused', async () => {
    const { result } = await world.ask(slug, 'hris.list_employees', {});
    expect((result as { employees: unknown[] }).employees[0]).toMatchObject({
      firstName: 'Ada',
      lastName: 'Example',
      email: 'ada@example.com',
      title: 'Nurse',
      department: 'Care',
      active: true,
    });
    const { problem } = await world.ask(slug, 'hris.list_employees', { cursor: 'x' });
    expect(problem?.fault).toBe('badInput');
  });
});

describe('a tax quote', () => {
  const lines = [
    { lineId: 'a', amount: '100.10' },
    { lineId: 'b', amount: '0.10' },
  ];

  it('is worked out by Avalara for where it goes, and recorded nowhere', async () => {
    const { result } = await world.ask('avalara', 'tax.quote', { ...taxQuote.example, lines });
    expect(result).toEqual({
      amount: '100.20',
      tax: '8.27',
      lines: [
        { lineId: 'a', amount: '100.10', taxable: '100.10', tax: '8.26' },
        { lineId: 'b', amount: '0.10', taxable: '0.10', tax: '0.01' },
      ],
    });
    const away = {
      ...taxQuote.example,
      from: taxQuote.example.to,
      to: { country: 'US', region: 'OR', city: 'Portland' },
    };
    expect((await world.ask('avalara', 'tax.quote', away)).result).toMatchObject({ tax: '0.00' });
    expect(world.sandbox.sent('avalara')).toEqual([]);
  });

  it('tells an address that is none, and takes no line twice', async () => {
    const { problem } = await world.ask('avalara', 'tax.quote', {
      ...taxQuote.example,
      to: { country: 'US' },
    });
    expect(problem?.fault).toBe('badInput');
    const twice = { ...taxQuote.example, lines: [lines[0], lines[0]] };
    expect(taxQuote.input.safeParse(twice).success).toBe(false);
  });
});
