import fc from 'fast-check';
import { expect, it } from 'vitest';
import { prettyJson } from './pretty-json.ts';

it('keeps every number as it is written', () => {
  const text = '{"id":9007199254740993,"rate":1.10,"many":[1e400,-0],"none":{},"empty":[]}';
  expect(prettyJson(text)).toBe(
    '{\n  "id": 9007199254740993,\n  "rate": 1.10,\n  "many": [\n    1e400,\n    -0\n  ],\n  "none": {},\n  "empty": []\n}',
  );
});

it('says of what is no JSON that it is none', () => {
  expect(['', 'plain text', '{"a":', "{'a': 1}"].map(prettyJson)).toEqual([null, null, null, null]);
});

it('writes all other values as JSON.stringify does, whatever white space they came with', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, space) => {
      const text = JSON.stringify(value, null, space);
      expect(prettyJson(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
    }),
  );
});
