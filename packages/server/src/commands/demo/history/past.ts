import type { App, Ctx } from '../../../ctx.ts';

export const dayMs = 86_400_000;
export const hourMs = 3_600_000;

/** The same process at another time (ms since the epoch), for what the demo has behind it. */
export function appAt(app: App, at: number): App {
  return { ...app, clock: () => at };
}

/** The same caller at another time. */
export function ctxAt(ctx: Ctx, at: number): Ctx {
  return { ...ctx, app: appAt(ctx.app, at) };
}

/** How busy a moment is: little at night and at weekends, most around noon of a working day (UTC); 0 to 1. */
export function busyness(at: number): number {
  const date = new Date(at);
  const weekend = date.getUTCDay() % 6 === 0;
  const hour = date.getUTCHours() + date.getUTCMinutes() / 60;
  const noon = Math.exp(-(((hour - 13) / 4.5) ** 2));
  return (weekend ? 0.2 : 1) * (0.08 + 0.92 * noon);
}
