import { expect, it } from 'vitest';
import { calledAt } from './called.ts';

it('says where a call went, without its path and its credentials', () => {
  expect(calledAt('https://key:secret@api.example:8443/v1/keys?token=secret')).toEqual({
    host: 'api.example:8443',
    requestId: null,
  });
});

it.each(['x-request-id', 'request-id', 'x-amzn-requestid', 'x-slack-req-id'])(
  'knows the id of a request by %s',
  (name) => {
    expect(calledAt('https://api.example/', { [name]: 'req_8fX-1:2' }).requestId).toBe('req_8fX-1:2');
  },
);

it.each(['', 'a b', '<script>', 'x'.repeat(101), 'id"; secret'])('takes %j for no id', (value) => {
  expect(calledAt('https://api.example/', { 'x-request-id': value }).requestId).toBeNull();
});
