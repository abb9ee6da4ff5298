import { describe, expect, it } from 'vitest';
import { parseExact, withoutBigInts, writeExact } from './exact-json.ts';

describe('parseExact', () => {
  it.each([
    '9007199254740993',
    '-9007199254740993',
    '{"id":12345678901234567890,"small":12,"list":[1,-9999999999999999,{"deep":18446744073709551615}]}',
    '{"quoted \\" 12345678901234567":"\\\\","b":[[],{},null,true,false,"12345678901234567890"],"c":9007199254740993}',
    '{"__proto__":{"id":9007199254740993},"b1":2,"a b":[9007199254740993]}',
  ])('what is read is written again as it was: %s', (text) => {
    expect(writeExact(parseExact(text))).toBe(text);
  });

  it('numbers that are exact anyway stay numbers, and texts stay texts', () => {
    const text =
      '{"at":1700000000000000,"max":9007199254740991,"ratio":0.12345678901234567,"e":1e21,"id":"9007199254740993"}';
    expect(parseExact(text)).toEqual(JSON.parse(text));
  });

  it('reads white space, escapes and any depth', () => {
    expect(parseExact(' { "a\\u0031" : [ 9007199254740993 , "\\"]}" ] } ')).toEqual({
      a1: [9_007_199_254_740_993n, '"]}'],
    });
    const depth = 200_000;
    let value = parseExact(`${'['.repeat(depth)}9007199254740993${']'.repeat(depth)}`);
    for (let level = 0; level < depth; level += 1) value = (value as unknown[])[0];
    expect(value).toBe(9_007_199_254_740_993n);
  });

  it('a member called __proto__ gives nothing its properties', () => {
    const value = parseExact('{"__proto__":{"admin":9007199254740993}}') as { admin?: unknown };
    expect(value.admin).toBeUndefined();
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it.each(['', '{', '{"a":9007199254740993', '[9007199254740993,]', '009007199254740993'])(
    'refuses what is no JSON: %s',
    (text) => {
      expect(() => parseExact(text)).toThrow(SyntaxError);
    },
  );
});

it('writes what has no bigint as JSON does', () => {
  const value = { a: [1, undefined, null], b: undefined, c: { d: 'é\n' } };
  expect(writeExact(value)).toBe(JSON.stringify(value));
  expect(writeExact({ ...value, e: 9_007_199_254_740_993n })).toBe(
    '{"a":[1,null,null],"c":{"d":"é\\n"},"e":9007199254740993}',
  );
});

it('gives digits as texts where nothing else can be', () => {
  expect(withoutBigInts({ id: 9_007_199_254_740_993n, of: [1n, 2] })).toEqual({
    id: '9007199254740993',
    of: ['1', 2],
  });
});
