import { eventTypes } from '@trunkline/contract/event-types/catalog';
import {
  deleteEventType as deleteOperation,
  listEventTypes as listOperation,
  saveEventType as saveOperation,
} from '@trunkline/contract/events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { deleteEventType } from './delete-event-type.ts';
import { listEventTypes } from './list-event-types.ts';
import { saveEventType } from './save-event-type.ts';

const shift = {
  name: 'shift.filled',
  group: 'Shifts',
  description: 'A shift has somebody to work it',
  schema: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
  example: { id: 'shift_1', when: '2026-11-23' },
};

let test: TestApp;

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());

async function own(organization: TestOrganization) {
  return (await listEventTypes(test.as('viewer', organization), {})).data.filter((type) => type.own);
}

async function auditOf(organizationId: string) {
  const { rows } = await test.app.pool.query<Record<string, unknown>>(
    `SELECT action, target_id, changes FROM audit_log WHERE organization_id = $1 AND action LIKE 'event_type.%' ORDER BY sequence`,
    [organizationId],
  );
  return rows;
}

describe('listEventTypes', () => {
  it('gives the catalog and then the own types of the organization', async () => {
    const [here, there] = [await test.createOrganization(), await test.createOrganization()];
    await saveEventType(test.as('utility_admin', here), shift);
    const { data, nextCursor } = await listEventTypes(test.apiKey(here), {});
    expect(data).toHaveLength(eventTypes.length + 1);
    expect(data[0]).toEqual({ ...eventTypes[0], own: false });
    expect(data.at(-1)).toEqual({ ...shift, own: true });
    expect(nextCursor).toBeNull();
    expect(listOperation.output.parse({ data, nextCursor }).data).toEqual(data);
    expect(await own(there)).toEqual([]);
    await expectRefusals(test, here, listOperation, (ctx) => listEventTypes(ctx, {}));
  });
});

describe('saveEventType', () => {
  it('adds and changes a type, audited with what changed, and announced', async () => {
    const organization = await test.createOrganization();
    await test.announced();
    expect(await saveEventType(test.apiKey(organization), shift)).toEqual({ ...shift, own: true });
    expect((await test.announced()).map(({ topic }) => topic)).toEqual(['audit', 'event_types']);
    const changed = { ...shift, description: 'Changed' };
    expect(await saveEventType(test.as('utility_admin', organization), changed)).toEqual({
      ...changed,
      own: true,
    });
    expect(await own(organization)).toEqual([{ ...changed, own: true }]);
    expect(await auditOf(organization.id)).toEqual([
      {
        action: 'event_type.saved',
        target_id: shift.name,
        changes: {
          name: { before: null, after: shift.name },
          group: { before: null, after: shift.group },
          description: { before: null, after: shift.description },
          schema: { before: null, after: shift.schema },
          example: { before: null, after: shift.example },
        },
      },
      {
        action: 'event_type.saved',
        target_id: shift.name,
        changes: { description: { before: shift.description, after: 'Changed' } },
      },
    ]);
  });

  it('changes nothing when the same is saved again', async () => {
    const organization = await test.createOrganization();
    const ctx = test.as('utility_admin', organization);
    await saveEventType(ctx, shift);
    await test.announced();
    await saveEventType(ctx, { ...shift, example: { when: '2026-11-23', id: 'shift_1' } });
    expect(await auditOf(organization.id)).toHaveLength(1);
    expect(await test.announced()).toEqual([]);
  });

  it('refuses names of the catalog', async () => {
    const organization = await test.createOrganization();
    const name = eventTypes[0]?.name ?? '';
    const ctx = test.as('utility_admin', organization);
    expect((await refusalOf(saveEventType(ctx, { ...shift, name }))).code).toBe('conflict');
    expect((await refusalOf(deleteEventType(ctx, { name }))).code).toBe('conflict');
    expect(await own(organization)).toEqual([]);
  });

  it.each([
    ['/description', { description: 'a\0b' }],
    ['/group', { group: '\ud800' }],
    ['/example/a~1b/0', { example: { 'a/b': ['\udc00'] } }],
    ['/schema', { schema: { 'a\0': 1 } }],
  ])('refuses what cannot be stored at %s', async (pointer, change) => {
    const organization = await test.createOrganization();
    const refusal = await refusalOf(
      saveEventType(test.as('utility_admin', organization), { ...shift, ...change }),
    );
    expect(refusal).toMatchObject({ code: 'invalid_input', errors: [{ pointer }] });
  });

  it('refuses what is nested too deep, and takes whole surrogate pairs', async () => {
    const organization = await test.createOrganization();
    const ctx = test.as('utility_admin', organization);
    let deep: Record<string, unknown> = {};
    for (let i = 0; i < 100; i += 1) deep = { deep };
    expect((await refusalOf(saveEventType(ctx, { ...shift, example: deep }))).code).toBe('invalid_input');
    const example = { text: 'é 😀 \u0001' };
    expect(await saveEventType(ctx, { ...shift, example })).toMatchObject({ example });
  });

  it('is for who may write, and in the own organization', async () => {
    const [here, there] = [await test.createOrganization(), await test.createOrganization()];
    await saveEventType(test.as('utility_admin', there), shift);
    await saveEventType(test.as('utility_admin', here), { ...shift, description: 'Ours' });
    expect(await own(there)).toEqual([{ ...shift, own: true }]);
    await expectRefusals(test, here, saveOperation, (ctx) =>
      saveEventType(ctx, { ...shift, description: 'No' }),
    );
    expect(await own(here)).toMatchObject([{ description: 'Ours' }]);
  });
});

describe('deleteEventType', () => {
  it('removes a type, audited and announced', async () => {
    const organization = await test.createOrganization();
    const ctx = test.as('utility_admin', organization);
    await saveEventType(ctx, shift);
    await test.announced();
    expect(await deleteEventType(ctx, { name: shift.name })).toEqual({ ok: true });
    expect(await own(organization)).toEqual([]);
    expect((await auditOf(organization.id)).at(-1)).toMatchObject({
      action: 'event_type.deleted',
      changes: { description: { before: shift.description, after: null } },
    });
    expect((await test.announced()).map(({ topic }) => topic)).toEqual(['audit', 'event_types']);
  });

  it('answers a foreign type like one that is not there', async () => {
    const [here, there] = [await test.createOrganization(), await test.createOrganization()];
    await saveEventType(test.as('utility_admin', there), shift);
    const foreign = deleteEventType(test.as('system_admin', here), { name: shift.name });
    expect((await refusalOf(foreign)).code).toBe('not_found');
    await expectRefusals(test, there, deleteOperation, (ctx) => deleteEventType(ctx, { name: shift.name }));
    expect(await own(there)).toHaveLength(1);
  });
});
