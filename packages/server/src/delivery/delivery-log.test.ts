import { describe, expect, it } from 'vitest';
import type { LogLine } from '../logs/log-line.ts';
import { DeliveryLog } from './delivery-log.ts';
import { nowhere } from './hand.ts';
import type { Result } from './record.ts';

function result(change: { webhookId?: string; success?: boolean; dlq?: boolean } = {}): Result {
  const { webhookId = 'w1', success = false, dlq = false } = change;
  return {
    lease: {
      id: 'd1',
      fence: 1,
      organizationId: 'o1',
      webhookId,
      event: { id: 'e1', key: 'order-7', type: 'job.created', body: '{"ssn":"secret body"}' },
      trigger: 'event',
      replayOf: null,
      line: null,
      attempts: 2,
      attemptsBefore: 0,
      claims: 1,
      renewedAt: 0,
      place: nowhere,
    },
    outcome: {
      success,
      responseStatus: success ? 200 : 503,
      errorCode: success ? null : 'http_error',
      errorMessage: success ? null : 'The endpoint failed with 503.',
      responseHeaders: null,
      responseBody: 'what they answered',
      responseTruncated: false,
      startedAt: 0,
      durationMs: 12.4,
      url: 'https://hooks.example.com/x?key=abc',
      signatures: 'v1,signature',
    },
    verdict: dlq ? { state: 'dlq', retentionDays: 7 } : { state: 'retrying', delayMs: 1 },
  };
}

function create() {
  const lines: LogLine[] = [];
  const time = { now: 0 };
  const log = new DeliveryLog({ logs: { write: (line) => lines.push(line) }, clock: () => time.now });
  return { log, lines, time };
}

describe('the log of deliveries', () => {
  it('tells a failure at once, and neither body, answer, query nor signature', () => {
    const { log, lines } = create();
    log.add(result());
    expect(lines).toMatchObject([
      {
        organizationId: 'o1',
        webhookId: 'w1',
        source: 'delivery',
        level: 'warn',
        event: 'delivery.failed',
        message: 'The endpoint failed with 503.',
        details: { host: 'hooks.example.com', status: 503, durationMs: 12, messageId: 'order-7', attempt: 3 },
      },
    ]);
    for (const secret of ['ssn', 'answered', 'key=abc', 'signature']) {
      expect(JSON.stringify(lines)).not.toContain(secret);
    }
  });

  it('says nothing of a success', () => {
    const { log, lines, time } = create();
    for (let i = 0; i < 1_000; i += 1) log.add(result({ success: true }));
    time.now += 61_000;
    log.flush();
    log.flush(true);
    expect(lines).toEqual([]);
  });

  it('makes a flood a handful of lines, each webhook for itself', () => {
    const { log, lines, time } = create();
    for (let second = 0; second < 180; second += 1) {
      for (let i = 0; i < 100; i += 1) log.add(result());
      if (second === 90) log.add(result({ webhookId: 'w2' }));
      time.now += 1_000;
      log.flush();
    }
    expect(lines.map(({ webhookId, message }) => `${webhookId} ${message}`)).toEqual([
      'w1 The endpoint failed with 503.',
      'w1 5,999 more attempts failed within a minute; the last: The endpoint failed with 503.',
      'w2 The endpoint failed with 503.',
      'w1 6,000 more attempts failed within a minute; the last: The endpoint failed with 503.',
      'w1 6,000 more attempts failed within a minute; the last: The endpoint failed with 503.',
    ]);
  });

  it('begins anew after a quiet minute', () => {
    const { log, lines, time } = create();
    log.add(result());
    time.now += 60_000;
    log.flush();
    log.add(result());
    expect(lines.map(({ message }) => message)).toEqual([
      'The endpoint failed with 503.',
      'The endpoint failed with 503.',
    ]);
  });

  it('tells of dead letters beside failures, and what is left at the end', () => {
    const { log, lines } = create();
    for (let i = 0; i < 3; i += 1) log.add(result({ dlq: true }));
    log.flush(true);
    expect(lines.map(({ event, level, message }) => [event, level, message])).toEqual([
      ['delivery.failed', 'warn', 'The endpoint failed with 503.'],
      [
        'delivery.dead_lettered',
        'error',
        'Given up after 3 attempts: the delivery is among the dead letters.',
      ],
      [
        'delivery.failed',
        'warn',
        '2 more attempts failed within a minute; the last: The endpoint failed with 503.',
      ],
      [
        'delivery.dead_lettered',
        'error',
        '2 more deliveries were given up within a minute; they are among the dead letters.',
      ],
    ]);
  });
});
