import { describe, expect, it } from 'vitest';
import { ApiError } from '../../lib/api-error.ts';
import { changedSettings, limitAdvice, settingErrors, settingProblems } from './setting-rules.ts';
import type { SettingField, SettingsForm } from './setting-rules.ts';

const start: SettingsForm = {
  settings: { channel: '#general', replies: false },
  limits: { perHour: 100, perDay: null, onLimit: 'queue' },
};

describe('changedSettings', () => {
  it('sends nothing when nothing was changed', () => {
    expect(changedSettings(start, { settings: { ...start.settings }, limits: { ...start.limits } })).toEqual(
      {},
    );
  });

  it('sends only what was changed, limits as a whole', () => {
    expect(changedSettings(start, { ...start, settings: { channel: '#ops', replies: false } })).toEqual({
      settings: { channel: '#ops' },
    });
    const limits = { perHour: null, perDay: null, onLimit: 'queue' } as const;
    expect(changedSettings(start, { ...start, limits })).toEqual({ limits });
  });
});

describe('settingProblems', () => {
  const field = (key: string, type: SettingField['type'], options: SettingField['options'] = null) => ({
    key,
    label: key,
    help: '',
    type,
    options,
    default: '',
  });

  it('wants numbers and choices that exist', () => {
    const fields = [
      field('days', 'number'),
      field('mode', 'select', [{ value: 'a', label: 'A' }]),
      field('channel', 'text'),
    ];
    expect(settingProblems(fields, { days: 3, mode: 'a', channel: '' })).toEqual({});
    expect(Object.keys(settingProblems(fields, { days: '', mode: 'b', channel: '' }))).toEqual([
      'days',
      'mode',
    ]);
  });
});

describe('settingErrors', () => {
  const refusal = (pointers: string[]) =>
    new ApiError({
      code: 'invalid_input',
      detail: 'not valid',
      errors: pointers.map((pointer) => ({ pointer, detail: `wrong ${pointer}` })),
    });

  it('shows on fields what belongs there, and the rest once', () => {
    expect(settingErrors(refusal(['/settings/channel']))).toEqual({
      byKey: { channel: 'wrong /settings/channel' },
      rest: null,
    });
    expect(settingErrors(refusal(['/settings/channel', '/limits/perDay'])).rest).toBe('wrong /limits/perDay');
    expect(settingErrors(refusal([])).rest).toBe('not valid');
  });
});

it('notices a limit that never has an effect', () => {
  expect(limitAdvice({ perHour: 100, perDay: 50 })).not.toBeNull();
  expect(limitAdvice({ perHour: 100, perDay: 100 })).toBeNull();
  expect(limitAdvice({ perHour: 100, perDay: null })).toBeNull();
});
