import type { ProviderDetail } from '@trunkline/contract/catalog';
import type { CallLimits } from '@trunkline/contract/integrations';
import type { ApiError } from '../../lib/api-error.ts';

export type SettingField = ProviderDetail['settings'][number];
export type SettingValue = string | number | boolean;

/** The form of the tab Settings. */
export interface SettingsForm {
  settings: Record<string, SettingValue>;
  limits: CallLimits;
}

/** What a form changes; a part without a change is left out. */
export function changedSettings(start: SettingsForm, now: SettingsForm): Partial<SettingsForm> {
  const settings = Object.fromEntries(
    Object.entries(now.settings).filter(([key, value]) => value !== start.settings[key]),
  );
  const { perHour, perDay, onLimit } = now.limits;
  const sameLimits =
    perHour === start.limits.perHour && perDay === start.limits.perDay && onLimit === start.limits.onLimit;
  return {
    ...(Object.keys(settings).length > 0 ? { settings } : {}),
    ...(sameLimits ? {} : { limits: now.limits }),
  };
}

/** What is wrong with settings as they are typed, by key. */
export function settingProblems(
  fields: readonly SettingField[],
  settings: Readonly<Record<string, SettingValue>>,
): Record<string, string> {
  const problems: Record<string, string> = {};
  for (const { key, label, type, options } of fields) {
    const value = settings[key];
    if (type === 'number' && typeof value !== 'number') problems[key] = `${label} is a number`;
    if (type === 'select' && !options?.some((option) => option.value === value)) {
      problems[key] = `Choose one for ${label}`;
    }
  }
  return problems;
}

/** Puts the errors of a refused call on the settings that they are about; `rest` is what no field shows. */
export function settingErrors(error: ApiError): { byKey: Record<string, string>; rest: string | null } {
  const byKey: Record<string, string> = {};
  const others: string[] = [];
  for (const { pointer, detail } of error.errors) {
    const key = /^\/settings\/([^/]+)$/.exec(pointer)?.[1];
    if (key === undefined) others.push(detail);
    else byKey[key.replaceAll('~1', '/').replaceAll('~0', '~')] ??= detail;
  }
  if (others.length > 0) return { byKey, rest: others.join(' ') };
  return { byKey, rest: Object.keys(byKey).length > 0 ? null : error.detail };
}

/** What is odd about limits, though allowed; null when nothing is. */
export function limitAdvice({ perHour, perDay }: Pick<CallLimits, 'perHour' | 'perDay'>): string | null {
  return perHour !== null && perDay !== null && perHour > perDay
    ? 'The limit a day is lower than the one an hour, so that the one an hour never has an effect.'
    : null;
}
