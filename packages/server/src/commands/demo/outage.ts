import type { Sandbox } from '@trunkline/sandbox/sandbox';
import type { App, Ctx } from '../../ctx.ts';
import { startAction } from '../../modules/actions/run-action.ts';
import { createAlertChannel } from '../../modules/alerts/create-alert-channel.ts';
import { updateFailoverConfig } from '../../modules/failover/update-failover-config.ts';
import { createIntegration } from '../../modules/integrations/create-integration.ts';

/** One moment of the outage: `ms` after it began; null when it was not seen. */
export interface OutageStep {
  what: string;
  ms: number | null;
}

/** What became of the mail. */
export interface OutageCounts {
  sent: number;
  throughPrimary: number;
  throughBackup: number;
  failed: number;
  inDoubt: number;
  /** Said to be sent, and known to no provider. */
  lost: number;
  /** Received twice. */
  duplicated: number;
}

export interface OutageReport {
  steps: OutageStep[];
  counts: OutageCounts;
}

export interface OutageOptions {
  sandbox: Pick<Sandbox, 'account' | 'sent' | 'setCondition'>;
  /** Where the alert channel sends to. */
  alertUrl: string;
  /** Messages a second. */
  rate: number;
  /** Mail flows for so long before anything breaks, in milliseconds. */
  beforeMs: number;
  /** How long SendGrid answers 503, in milliseconds. */
  downMs: number;
  /** How long the recovery is waited for, in milliseconds. */
  recoveryMs: number;
  say: (line: string) => void;
}

const lookEveryMs = 100;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Plays an outage in an organization of its own: mail flows through SendGrid, its simulator goes down, Amazon SES takes over,
 * SendGrid comes back and gets its calls back. Every time is read from what the product has written about it; the counts are
 * what the simulators received. The workers of the process have to run.
 */
export async function playOutage(ctx: Ctx, options: OutageOptions): Promise<OutageReport> {
  const { app } = ctx;
  const organizationId = ctx.organizationId ?? '';
  const { sandbox, say } = options;
  const connect = (provider: string, name: string) =>
    createIntegration(ctx, {
      provider,
      name,
      values: { ...sandbox.account(provider).values },
      check: 'require',
    });
  const { id: primaryId } = await connect('sendgrid', 'SendGrid');
  const { id: backupId } = await connect('amazon-ses', 'Amazon SES');
  await updateFailoverConfig(ctx, {
    integrationId: primaryId,
    backupIntegrationIds: [backupId],
    failoverThreshold: 3,
    autoRestore: true,
    stabilityMinutes: 0,
  });
  await createAlertChannel(ctx, {
    name: 'On call',
    target: { kind: 'webhook', url: options.alertUrl },
    enabled: true,
    severities: ['critical', 'warning', 'info'],
  });
  const flow = startFlow(app, organizationId, options.rate);
  try {
    say(`Mail flows through SendGrid, ${options.rate} a second.`);
    await pause(options.beforeMs);
    const brokenAt = app.clock();
    sandbox.setCondition('sendgrid', 'down');
    say('SendGrid is down: every call to it is answered 503.');
    await pause(options.downMs);
    sandbox.setCondition('sendgrid', 'healthy');
    const healedAt = app.clock();
    say('SendGrid is back.');
    const seen = () => readTimes(app, { organizationId, primaryId, since: new Date(brokenAt) });
    const limit = app.dialer.clock() + options.recoveryMs;
    let times = await seen();
    while (!isOver(times) && app.dialer.clock() < limit) {
      await pause(lookEveryMs);
      times = await seen();
    }
    // Some more through SendGrid, to see that it has its calls back.
    await pause(options.beforeMs);
    const messages = await flow.stop();
    const after = (time: Date | null) => (time === null ? null : time.getTime() - brokenAt);
    const steps: OutageStep[] = [
      { what: 'SendGrid goes down', ms: 0 },
      { what: 'first failed call', ms: after(times.failedCall) },
      { what: 'switched to Amazon SES', ms: after(times.switched) },
      { what: 'first mail through Amazon SES', ms: after(times.firstBackup) },
      { what: 'first failed check', ms: after(times.failedCheck) },
      { what: 'alert opened', ms: after(times.alertOpened) },
      { what: 'on call was told', ms: after(times.told) },
      { what: 'SendGrid is back', ms: healedAt - brokenAt },
      { what: 'seen to work again', ms: after(times.recovered) },
      { what: 'calls go to SendGrid again', ms: after(times.restored) },
      { what: 'last alert resolved', ms: after(times.alertResolved) },
    ];
    const report = {
      steps: steps.sort((a, b) => (a.ms ?? Infinity) - (b.ms ?? Infinity)),
      counts: count(messages, sandbox, organizationId),
    };
    for (const line of reportLines(report)) say(line);
    return report;
  } finally {
    sandbox.setCondition('sendgrid', 'healthy');
    await flow.stop();
  }
}

/** The report as it is printed. */
export function reportLines({ steps, counts }: OutageReport): string[] {
  const time = (ms: number | null) => (ms === null ? 'not seen' : `${(ms / 1000).toFixed(1)} s`).padStart(9);
  return [
    '',
    ...steps.map(({ what, ms }) => `${time(ms)}  ${what}`),
    '',
    `Mail: ${counts.sent} sent, ${counts.throughPrimary} through SendGrid and ${counts.throughBackup} through Amazon SES;`,
    `      ${counts.failed} failed, ${counts.inDoubt} in doubt, ${counts.lost} lost, ${counts.duplicated} duplicated.`,
    '',
  ];
}

interface Message {
  subject: string;
  status: string;
}

/** Programs that send mail and wait for the outcome, one every so often. */
function startFlow(app: App, organizationId: string, rate: number) {
  const sending: Promise<Message>[] = [];
  const send = async (number: number): Promise<Message> => {
    const subject = subjectOf(organizationId, number);
    const { status } = await startAction(app, organizationId, {
      capability: 'email.send',
      wantedId: null,
      input: { to: [{ email: 'jane@example.com' }], subject, text: 'Hello' },
      key: null,
      dueAt: null,
      patient: false,
      createdBy: 'outage',
    });
    return { subject, status };
  };
  const timer = setInterval(() => sending.push(send(sending.length)), 1000 / rate);
  return {
    stop: (): Promise<Message[]> => {
      clearInterval(timer);
      return Promise.all(sending);
    },
  };
}

const subjectOf = (organizationId: string, number: number): string => `Outage ${organizationId} ${number}.`;

function count(
  messages: readonly Message[],
  sandbox: Pick<Sandbox, 'sent'>,
  organizationId: string,
): OutageCounts {
  const receivedBy = (slug: string) =>
    sandbox
      .sent(slug)
      .map(({ data }) => String(data['subject']))
      .filter((subject) => subject.startsWith(`Outage ${organizationId} `));
  const primary = receivedBy('sendgrid');
  const backup = receivedBy('amazon-ses');
  const received = [...primary, ...backup];
  const of = (status: string) => messages.filter((message) => message.status === status);
  return {
    sent: of('succeeded').length,
    throughPrimary: primary.length,
    throughBackup: backup.length,
    failed: of('failed').length,
    inDoubt: of('ambiguous').length,
    lost: of('succeeded').filter(({ subject }) => !received.includes(subject)).length,
    duplicated: received.length - new Set(received).size,
  };
}

interface Times {
  failedCall: Date | null;
  failedCheck: Date | null;
  switched: Date | null;
  firstBackup: Date | null;
  alertOpened: Date | null;
  told: Date | null;
  recovered: Date | null;
  restored: Date | null;
  alertResolved: Date | null;
  openAlerts: number;
}

const isOver = ({ restored, told, openAlerts }: Times): boolean =>
  restored !== null && told !== null && openAlerts === 0;

async function readTimes(
  app: App,
  { organizationId, primaryId, since }: { organizationId: string; primaryId: string; since: Date },
): Promise<Times> {
  const { rows } = await app.pool.query<Times>(
    `SELECT
       (SELECT min(started_at + make_interval(secs => coalesce(duration_ms, 0) / 1000.0)) FROM action_attempts
          WHERE organization_id = $1 AND integration_id = $2 AND outcome = 'failed' AND started_at >= $3) AS "failedCall",
       (SELECT min(l.at) FROM log_entries l WHERE l.organization_id = $1 AND l.integration_id = $2 AND l.source = 'check'
          AND l.event = 'check.failed' AND l.at >= $3) AS "failedCheck",
       (SELECT min(at) FROM failover_switches WHERE organization_id = $1 AND integration_id = $2 AND kind = 'failed_over'
          AND at >= $3) AS switched,
       (SELECT min(started_at + make_interval(secs => coalesce(duration_ms, 0) / 1000.0)) FROM action_attempts
          WHERE organization_id = $1 AND integration_id <> $2 AND outcome = 'succeeded' AND started_at >= $3) AS "firstBackup",
       (SELECT min(opened_at) FROM alerts WHERE organization_id = $1 AND opened_at >= $3) AS "alertOpened",
       (SELECT min(sent_at) FROM alert_notifications WHERE organization_id = $1 AND sent_at >= $3) AS told,
       (SELECT max(since) FROM integration_status_spans WHERE organization_id = $1 AND integration_id = $2
          AND status = 'active' AND since >= $3) AS recovered,
       (SELECT max(at) FROM failover_switches WHERE organization_id = $1 AND integration_id = $2 AND kind = 'restored'
          AND at >= $3) AS restored,
       (SELECT max(resolved_at) FROM alerts WHERE organization_id = $1 AND opened_at >= $3) AS "alertResolved",
       (SELECT count(*)::int FROM alerts WHERE organization_id = $1 AND opened_at >= $3 AND state <> 'resolved')
         AS "openAlerts"`,
    [organizationId, primaryId, since],
  );
  return rows[0]!;
}
