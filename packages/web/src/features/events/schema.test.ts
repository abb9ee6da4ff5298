import { eventTypes } from '@trunkline/contract/event-types/catalog';
import { describe, expect, it } from 'vitest';
import { exampleProblem, parseJsonObject } from './check-example.ts';
import { schemaRows } from './schema-rows.ts';

const schema = {
  type: 'object',
  properties: {
    id: { type: 'string', description: 'Its id.' },
    at: { type: ['string', 'null'], format: 'date-time' },
    state: { type: 'string', description: 'Where it is.', enum: ['open', 'closed'] },
    answers: {
      type: 'array',
      items: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
    },
  },
  required: ['id'],
};

describe('schemaRows', () => {
  it('lists properties with path, plain type, necessity and meaning', () => {
    expect(schemaRows(schema)).toEqual([
      { path: 'id', depth: 0, type: 'text', required: true, meaning: 'Its id.' },
      { path: 'at', depth: 0, type: 'time or null', required: false, meaning: '' },
      {
        path: 'state',
        depth: 0,
        type: 'text',
        required: false,
        meaning: 'Where it is. One of open, closed.',
      },
      { path: 'answers', depth: 0, type: 'list of object', required: false, meaning: '' },
      { path: 'answers[].text', depth: 1, type: 'text', required: true, meaning: '' },
    ]);
  });

  it('survives anything that is no schema', () => {
    for (const odd of [null, 1, 'x', [], { properties: 5 }, { properties: { a: null } }]) {
      expect(() => schemaRows(odd)).not.toThrow();
    }
    const circle: Record<string, unknown> = {};
    circle['properties'] = { self: circle };
    expect(schemaRows(circle).length).toBeLessThan(20);
  });
});

describe('exampleProblem', () => {
  it('accepts every example of the catalog', () => {
    expect(eventTypes.filter((type) => exampleProblem(type.schema, type.example) !== null)).toEqual([]);
  });

  it.each([
    [{}, 'id is missing, the schema requires it.'],
    [{ id: 1 }, 'id is number, the schema says string.'],
    [{ id: 'a', state: 'lost' }, 'state is none of "open", "closed".'],
    [{ id: 'a', answers: [{ text: 'x' }, {}] }, 'answers[1].text is missing, the schema requires it.'],
  ])('finds what is wrong with %j', (example, problem) => {
    expect(exampleProblem(schema, example)).toBe(problem);
  });

  it('passes over what it does not know', () => {
    expect(exampleProblem({ oneOf: [{ type: 'string' }] }, { a: 1 })).toBeNull();
  });
});

describe('parseJsonObject', () => {
  it('takes an object only', () => {
    expect(parseJsonObject('{"a":1}')).toEqual({ value: { a: 1 } });
    expect(parseJsonObject('[1]')).toEqual({ problem: 'It must be a JSON object: { … }.' });
  });

  it('says where the mistake is', () => {
    expect(parseJsonObject('{\n"a": 1,,\n}')).toEqual({ problem: expect.stringContaining('JSON') });
  });
});
