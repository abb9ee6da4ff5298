import type { ApiLimits } from '@trunkline/contract/limits';

/** What an organization chose; null where it follows the installation. */
export type OwnLimits = { [Name in keyof ApiLimits]: number | null };

/** The limits that hold: an organization's own where they are lower than the installation's. */
export function effectiveLimits(installation: ApiLimits | null, own: OwnLimits): ApiLimits | null {
  if (installation === null) return null;
  const lower = (name: keyof ApiLimits) => Math.min(installation[name], own[name] ?? Infinity);
  return {
    keyPerMinute: lower('keyPerMinute'),
    keyPerHour: lower('keyPerHour'),
    organizationPerHour: lower('organizationPerHour'),
  };
}
