import { expect, it } from 'vitest';
import { supportSummary } from './support-summary.ts';

const facts = {
  provider: { name: 'SendGrid' },
  status: 'error',
  statusSince: '2026-11-29T10:30:00.000Z',
  lastCheckAt: '2026-11-29T10:42:07.123Z',
  problem: {
    fault: 'reauth',
    title: 'The key was refused',
    cause: 'It answers 401.',
    fix: 'Look.',
    link: null,
  },
  report: {
    ok: false,
    problem: null,
    code: '401',
    account: 'ada@example.com',
    durationMs: 200,
    steps: [
      { key: 'dns', label: 'Resolve api.sendgrid.com', status: 'ok', detail: '', durationMs: 2 },
      {
        key: 'authentication',
        label: 'Ask SendGrid',
        status: 'failed',
        detail: 'secret words',
        durationMs: 9,
      },
    ],
  },
} as const;

it('says what fails, since when, at which step, and by which ids it is found', () => {
  const line = {
    at: '2026-11-29T10:41:00.000Z',
    details: { host: 'api.sendgrid.com', requestId: 'req_1', durationMs: 12 },
  };
  expect(
    supportSummary({ ...facts, report: { ...facts.report, steps: [...facts.report.steps] } }, line),
  ).toBe(
    [
      'Service: SendGrid',
      'Host: api.sendgrid.com',
      'What happens: The key was refused. It answers 401.',
      'Since: 2026-11-29 10:30:00 UTC',
      'Last check: 2026-11-29 10:42:07 UTC',
      '  Resolve api.sendgrid.com: ok',
      '  Ask SendGrid: failed',
      'Code: 401',
      'Request id: req_1',
      'Time of that call: 2026-11-29 10:41:00 UTC',
    ].join('\n'),
  );
});

it('leaves out what is not known, whom it is connected to, and what somebody wrote', () => {
  const text = supportSummary(
    { ...facts, report: null, lastCheckAt: null, problem: null, status: 'active' },
    null,
  );
  expect(text).toBe('Service: SendGrid\nWhat happens: It is active now.\nSince: 2026-11-29 10:30:00 UTC');
});
