import { describe, expect, it } from 'vitest';
import { eventGroups, eventTypes, findEventType } from './catalog.ts';
import type { JsonSchema, JsonType } from './schema.ts';

/** Every event that the source documents name, by document. */
const named: Record<string, string[]> = {
  'UC §6': [
    'job.created',
    'job.updated',
    'job.closed',
    'candidate.created',
    'candidate.updated',
    'submission.created',
    'submission.updated',
    'submission.placed',
    'interview.scheduled',
    'interview.completed',
    'user.created',
    'user.deactivated',
  ],
  'UC §4 (bounces, spam reports, unsubscribes, delivered, opens, clicks)': [
    'email.bounced',
    'email.spam_reported',
    'email.unsubscribed',
    'email.delivered',
    'email.opened',
    'email.clicked',
  ],
  'US AC-4': [
    'job.created',
    'job.updated',
    'job.closed',
    'candidate.created',
    'candidate.updated',
    'candidate.status_changed',
    'submission.created',
    'submission.status_changed',
    'submission.placed',
    'interview.scheduled',
    'interview.completed',
  ],
  'CRM §5, §7, §8': [
    'contact.created',
    'contact.updated',
    'contact.deleted',
    'campaign.started',
    'campaign.completed',
    'email.sent',
    'email.opened',
    'email.clicked',
  ],
  'S17 17.6': [
    'conversation.created',
    'conversation.updated',
    'conversation.closed',
    'message.received',
    'message.sent',
    'escalation.triggered',
  ],
  'APP "Webhook System"': ['application.created'],
  "Requirements, the hub's own": ['integration.failed', 'integration.failed_over', 'webhook.disabled'],
};

const formats: Record<NonNullable<JsonSchema['format']>, RegExp> = {
  'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  email: /^[^@\s]+@[^@\s]+\.[a-z]+$/,
  uri: /^https:\/\/[^\s]+$/,
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
};
const keywords = new Set(
  '$schema type description format enum minimum maximum items properties required'.split(' '),
);

/**
 * Faults of a value, each with its path. Covers exactly the keywords that the catalog uses; another keyword is
 * itself a fault, and so is a property that the schema does not describe.
 */
function faultsOf(schema: JsonSchema, value: unknown, path = 'data'): string[] {
  const unknown = Object.keys(schema).filter((keyword) => !keywords.has(keyword));
  if (unknown.length > 0) return [`${path}: keywords ${unknown.join(', ')} are not covered here`];
  const types = [schema.type].flat();
  const is = typeOf(value);
  if (!types.includes(is) && !(is === 'integer' && types.includes('number'))) return [`${path}: is ${is}`];
  const faults: string[] = [];
  if (schema.enum && !schema.enum.includes(value as string | null)) faults.push(`${path}: not in enum`);
  if (typeof value === 'number') {
    if (value < (schema.minimum ?? -Infinity) || value > (schema.maximum ?? Infinity))
      faults.push(`${path}: out of range`);
  }
  if (typeof value === 'string' && schema.format) {
    if (
      !formats[schema.format].test(value) ||
      (schema.format === 'date-time' && Number.isNaN(Date.parse(value)))
    )
      faults.push(`${path}: not a ${schema.format}`);
  }
  if (Array.isArray(value) && schema.items) {
    const { items } = schema;
    faults.push(...value.flatMap((entry, index) => faultsOf(items, entry, `${path}[${index}]`)));
  }
  if (is === 'object') {
    const record = value as Record<string, unknown>;
    // Without properties, what is in an object is somebody else's.
    const { properties } = schema;
    faults.push(
      ...(schema.required ?? [])
        .filter((name) => !(name in record))
        .map((name) => `${path}.${name}: missing`),
      ...Object.entries(record).flatMap(([name, entry]) => {
        if (!properties) return [];
        const property = properties[name];
        return property ? faultsOf(property, entry, `${path}.${name}`) : [`${path}.${name}: not described`];
      }),
    );
  }
  return faults;
}

function typeOf(value: unknown): JsonType | 'null' {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (Number.isInteger(value)) return 'integer';
  return typeof value as JsonType;
}

function schemasIn(schema: JsonSchema): JsonSchema[] {
  const below = [...Object.values(schema.properties ?? {}), ...(schema.items ? [schema.items] : [])];
  return [...below, ...below.flatMap(schemasIn)];
}

describe('event catalog', () => {
  it('has unique, well-formed names', () => {
    const names = eventTypes.map((type) => type.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/.test(name))).toEqual([]);
  });

  it.each(Object.entries(named))('has every event of %s', (_document, names) => {
    expect(names.filter((name) => !findEventType(name))).toEqual([]);
  });

  it('keeps a group together', () => {
    expect(eventGroups).toEqual([
      'Jobs',
      'Candidates',
      'Submissions',
      'Interviews',
      'Users',
      'Contacts',
      'Campaigns',
      'Email',
      'Conversations',
      'Messages',
      'Escalations',
      'Applications',
      'Payments',
      'Inbound',
      'Trunkline',
    ]);
    const runs = eventTypes.filter((type, index) => type.group !== eventTypes[index - 1]?.group);
    expect(runs).toHaveLength(eventGroups.length);
  });

  describe.each(eventTypes)('$name', (type) => {
    it('is described in one or two sentences', () => {
      expect(type.description).toMatch(/^[A-Z][^.?!]*[.](?: [A-Z`][^.?!]*[.])?$/);
    });

    it('describes every property', () => {
      const silent = schemasIn(type.schema).filter((schema) => !schema.description?.endsWith('.'));
      expect(silent).toEqual([]);
      expect(Object.keys(type.schema.properties ?? {}).length).toBeGreaterThan(0);
      expect(type.schema.required?.length).toBeGreaterThan(0);
    });

    it('has an example that its schema accepts', () => {
      expect(faultsOf(type.schema, type.example)).toEqual([]);
    });

    it('shows every top-level property in its example', () => {
      expect(Object.keys(type.example).sort()).toEqual(Object.keys(type.schema.properties ?? {}).sort());
    });
  });
});

describe('the checker of this test', () => {
  it('finds faults', () => {
    const schema = findEventType('job.created')?.schema as JsonSchema;
    const example = findEventType('job.created')?.example as Record<string, unknown>;
    expect(faultsOf(schema, { ...example, status: 'lost' })).toEqual(['data.status: not in enum']);
    expect(faultsOf(schema, { ...example, openings: -1 })).toEqual(['data.openings: out of range']);
    expect(faultsOf(schema, { ...example, openings: 1.5 })).toEqual(['data.openings: is number']);
    expect(faultsOf(schema, { ...example, createdAt: 'now' })).toEqual(['data.createdAt: not a date-time']);
    expect(faultsOf(schema, { ...example, extra: 1 })).toEqual(['data.extra: not described']);
    expect(faultsOf(schema, { ...example, pay: { minimum: 1 } })).toHaveLength(3);
  });
});
