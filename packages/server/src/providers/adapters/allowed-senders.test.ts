import { expect, it } from 'vitest';
import { isAllowedSender } from './allowed-senders.ts';

it.each([
  ['ada@acme.com', '@acme.com', true],
  ['Ada <Ada@Acme.com>', 'partner@example.com, @ACME.com', true],
  ['partner@example.com', 'acme.com; partner@example.com', true],
  ['ada@acme.com', 'acme.com', true],
  ['ada@acme.com', '', true],
  ['ada@acme.com', undefined, true],
  ['eve@example.com', '@acme.com partner@example.com', false],
  ['eve@evil-acme.com', '@acme.com', false],
  ['eve@sub.acme.com', '@acme.com', false],
  ['eve@acme.com.example.com', '@acme.com', false],
  ['"ada@acme.com" <eve@example.com>', '@acme.com', false],
  ['eve@example.com, ada@acme.com', '@acme.com', false],
  ['undisclosed', '@acme.com', false],
])('%s by %s: %s', (from, list, isAllowed) => {
  expect(isAllowedSender(from, list)).toBe(isAllowed);
});
