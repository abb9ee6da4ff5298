import type { Ctx } from '../../ctx.ts';

/** Who acts, as it is kept beside what was done. */
export function personOf({ actor }: Ctx): { id: string | null; name: string } {
  if (actor.type === 'anonymous') return { id: null, name: 'nobody signed in' };
  return { id: actor.type === 'system' ? null : actor.id, name: actor.name };
}
