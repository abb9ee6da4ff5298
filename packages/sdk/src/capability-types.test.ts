import { readFile, writeFile } from 'node:fs/promises';
import type { ActionDetail } from '@trunkline/contract/actions';
import type { CapabilityName as Name, capabilities } from '@trunkline/contract/capabilities';
import type { CheckProblem } from '@trunkline/contract/checks';
import type { EventAccepted as Accepted, EventInput as Sent } from '@trunkline/contract/events';
import { format, resolveConfig } from 'prettier';
import { expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { ActionFacts, CapabilityInput, CapabilityName, OtherAction, Problem } from './actions.ts';
import type { EventAccepted, EventInput } from './events.ts';
import { renderCapabilityTypes } from './testing/render-types.ts';

it('the types of capabilities are what the contract says', async () => {
  const file = new URL('capability-types.ts', import.meta.url);
  const style = (await resolveConfig(file)) ?? {};
  const expected = await format(renderCapabilityTypes(), { ...style, parser: 'typescript' });
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(file, expected);
  const current = await readFile(file, 'utf8').catch(() => '');
  const hint = 'packages/sdk/src/capability-types.ts is out of date: run this test with UPDATE_DOCS=1';
  expect(current === expected ? 'up to date' : hint).toBe('up to date');
});

// Checked by `npm run verify`, which reads types; here they only have to load.
it('what is sent is taken, and what is answered is told of', () => {
  expectTypeOf<CapabilityName>().toEqualTypeOf<Name>();
  expectTypeOf<EventInput>().toExtend<Sent>();
  expectTypeOf<Accepted>().toExtend<EventAccepted>();
  expectTypeOf<z.infer<typeof ActionDetail>>().toExtend<Omit<ActionFacts, 'capability'>>();
  expectTypeOf<z.infer<typeof ActionDetail>['status']>().toEqualTypeOf<OtherAction['status'] | 'succeeded'>();
  expectTypeOf<CheckProblem>().toExtend<Problem>();
  type Taken = z.input<(typeof capabilities)['sms.send']['input']>;
  expectTypeOf<CapabilityInput<'sms.send'>>().toExtend<Taken>();
});
