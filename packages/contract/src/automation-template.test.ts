import { describe, expect, it } from 'vitest';
import { longestRendered, pathsOf, renderTemplate } from './automation-template.ts';

const scope = {
  event: {
    type: 'interview.scheduled',
    data: {
      title: 'Interview',
      minutes: 45,
      open: false,
      none: null,
      tags: ['a', 'b'],
      people: [{ email: 'a@example.com' }, { name: 'B' }, { email: 'c@example.com' }],
      object: { x: 1 },
    },
  },
  steps: { meeting: { joinUrl: 'https://meet.example.com/1' } },
};
const value = (template: unknown) => {
  const rendered = renderTemplate(template, scope);
  return rendered.ok ? rendered.value : rendered.issues;
};

describe('renderTemplate', () => {
  it('puts values into texts, and keeps the type of a value that stands alone', () => {
    expect(
      value({
        text: 'At {{event.data.title}}: {{ steps.meeting.joinUrl }} ({{ event.data.minutes }})',
        minutes: '{{ event.data.minutes }}',
        open: '{{ event.data.open }}',
        people: '{{ event.data.people.*.email }}',
        tags: 'Tags: {{ event.data.tags }}',
        second: '{{ event.data.tags.1 }}',
        fixed: 7,
        nested: [{ deep: '{{ event.type }}' }],
      }),
    ).toEqual({
      text: 'At Interview: https://meet.example.com/1 (45)',
      minutes: 45,
      open: false,
      people: ['a@example.com', 'c@example.com'],
      tags: 'Tags: a, b',
      second: 'b',
      fixed: 7,
      nested: [{ deep: 'interview.scheduled' }],
    });
  });

  it('takes a missing value for an issue unless the placeholder says what to do', () => {
    const issues = value({ a: { b: '{{ event.data.nobody }}' }, c: ['x {{ event.data.none }}'] });
    expect(issues).toMatchObject([{ pointer: '/a/b' }, { pointer: '/c/0' }]);
    expect(
      value({ a: '{{ event.data.nobody | "a \\"friend\\"" }}', b: 'x{{ event.data.none | "" }}' }),
    ).toEqual({ a: 'a "friend"', b: 'x' });
    expect(value({ a: '{{ event.data.none | none }}', b: ['{{ event.data.none | none }}', 'x'] })).toEqual({
      b: ['x'],
    });
  });

  it('reaches nothing but own fields of data', () => {
    for (const path of [
      'event.constructor',
      'event.data.title.length',
      'event.__proto__.polluted',
      'event.data.tags.length.toFixed',
      'process.env',
    ]) {
      expect(value({ x: `{{ ${path} }}` })).toMatchObject([{ pointer: '/x' }]);
    }
    expect(Object.getPrototypeOf(value({ ['__proto__']: { x: 1 } }))).toBe(Object.prototype);
  });

  it('refuses what is no placeholder, and objects inside texts', () => {
    for (const text of [
      '{{ 1 + 1 }}',
      '{{ event.data.title',
      '{{ }}',
      '{{ event.data.title | upper }}',
      '{{ event..title }}',
      'x {{ event.data.object }}',
    ]) {
      expect(value({ x: text })).toMatchObject([{ pointer: '/x' }]);
    }
    expect(value({ x: '{{ event.data.object }}' })).toEqual({ x: { x: 1 } });
  });

  it('ends where a text grows too long, and says it once', () => {
    const long = { event: { text: 'x'.repeat(longestRendered / 2 + 1) } };
    const twice = renderTemplate(['{{ event.text }} {{ event.text }}', '{{ event.text }}'], long);
    expect(twice.ok ? twice.value : twice.issues).toHaveLength(1);
    expect(renderTemplate(['{{ event.text }}'], long).ok).toBe(true);
    let deep: unknown = 'x';
    for (let level = 0; level < 20; level += 1) deep = [deep];
    expect(renderTemplate(deep, {}).ok).toBe(false);
  });
});

describe('pathsOf', () => {
  it('names every path once, and what is written wrongly', () => {
    const { paths, issues } = pathsOf({
      a: '{{ event.type }} {{event.type | "x"}}',
      b: ['{{ steps.a.b }}'],
      c: '{{ !',
    });
    expect(paths).toEqual(['event.type', 'steps.a.b']);
    expect(issues).toMatchObject([{ pointer: '/c' }]);
  });
});
