import type { CheckReport } from '@trunkline/contract/checks';
import type { TroubleshootDiagnosis, TroubleshootStep } from '@trunkline/contract/health';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { endpointOf } from '../../connections/endpoint.ts';
import type { Connection } from '../../connections/connection.ts';
import { askStatusPage } from '../../connections/status-page.ts';
import type { ProviderWord } from '../../connections/status-page.ts';
import { tokenSourceOf } from '../../connections/token-source.ts';
import type { App } from '../../ctx.ts';
import type { StepObserver } from '../../lib/check-log.ts';
import { checkIntegrationNow } from '../integrations/check-integration.ts';
import { diagnose } from './diagnosis.ts';
import type { DiagnosisFacts } from './diagnosis.ts';

/** What is known here of an integration: how many calls of its own limit it has used, and whether it has a backup. */
export type OwnFacts = Pick<IntegrationDetail, 'limits' | 'usage'> & { hasBackup: boolean };

export type StepSink = (step: TroubleshootStep) => void;

const words: Readonly<Record<ProviderWord['state'], TroubleshootStep['status']>> = {
  fine: 'ok',
  impaired: 'warning',
  failing: 'failed',
  unknown: 'skipped',
};

/**
 * Finds out why an integration does not work: the check of its protocol step by step, then what the answer says about
 * authentication, permission and rate, then the provider's own word. What it finds is the integration's state from then
 * on, as with every check.
 */
export async function troubleshoot(
  app: App,
  connection: Connection,
  own: OwnFacts,
  onStep: StepSink,
): Promise<{ steps: TroubleshootStep[]; diagnosis: TroubleshootDiagnosis }> {
  const beganAt = app.clock();
  const { provider } = connection;
  // An answer of an API says more than one thing; it is told apart when it is there.
  const byAnswer = provider.health.kind === 'http';
  const steps: TroubleshootStep[] = [];
  const tell = (step: TroubleshootStep): void => {
    const known = steps.findIndex(({ key }) => key === step.key);
    if (known === -1) steps.push(step);
    else steps[known] = step;
    onStep(step);
  };
  const observe: StepObserver = (step) => {
    if (!byAnswer || step.key !== 'call' || step.status === 'running') tell(step);
  };
  const token = tokenSourceOf(app, connection);
  const report = await checkIntegrationNow(app, connection, { ...(token && { token }), observe });
  for (const step of byAnswer ? stepsOfAnswer(report) : notReached(report)) tell(step);
  const unasked = steps.find(({ key, status }) => key === 'token' && status === 'skipped');
  if (unasked !== undefined && report.problem !== null) tell({ ...unasked, status: 'failed' });
  tell(rateStep(report, own));
  tell(running('status_page', `Ask the status page of ${provider.name}`));
  const askedAt = app.clock();
  const word = await askStatusPage(app, provider);
  tell({
    ...running('status_page', `Ask the status page of ${provider.name}`),
    status: words[word.state],
    detail: word.detail,
    durationMs: app.clock() - askedAt,
  });
  const facts = { ...factsOf(connection, own), code: report.code ?? null };
  const diagnosis = diagnose(steps, report.problem, facts, app.clock() - beganAt);
  return { steps, diagnosis };
}

/** What a diagnosis says about an integration, whatever was found. */
export function factsOf(
  connection: Connection,
  { hasBackup }: Pick<OwnFacts, 'hasBackup'>,
): Omit<DiagnosisFacts, 'code'> {
  const { auth, provider } = connection;
  return {
    ...(endpointOf(connection) ?? { host: null, port: null }),
    providerName: provider.name,
    statusPageUrl: provider.statusPageUrl,
    websiteUrl: provider.website,
    byOAuth: auth.type === 'oauth2',
    hasBackup,
  };
}

/** What the answer to a call says about the credentials and what they may do. */
function stepsOfAnswer({ steps, problem }: CheckReport): TroubleshootStep[] {
  const asked = steps.find(({ key }) => key === 'call' || key === 'authentication' || key === 'permission');
  const label = { authentication: 'Are the credentials accepted?', permission: 'May they do this?' };
  const step = (
    key: 'authentication' | 'permission',
    status: TroubleshootStep['status'],
    detail: string,
  ): TroubleshootStep => ({ key, label: label[key], status, detail, durationMs: null });
  const unreached = steps.filter(({ status, key }) => status === 'skipped' && key !== asked?.key);
  if (asked === undefined || asked.status === 'skipped') {
    return [
      ...unreached,
      ...(asked === undefined ? [] : [asked]),
      step('authentication', 'skipped', 'Not reached.'),
      step('permission', 'skipped', 'Not reached.'),
    ];
  }
  const answered: TroubleshootStep = { ...asked, key: 'call', status: 'ok' };
  if (problem === null) {
    return [answered, step('authentication', 'ok', 'Yes.'), step('permission', 'ok', 'Yes.')];
  }
  switch (problem.fault) {
    case 'reauth':
      return [
        answered,
        step('authentication', 'failed', asked.detail),
        step('permission', 'skipped', 'Not reached.'),
      ];
    case 'scope':
      return [
        answered,
        asked.key === 'permission'
          ? step('authentication', 'ok', 'Yes: they were recognized.')
          : step('authentication', 'skipped', 'It cannot be told: the answer is the same when they are not.'),
        step('permission', 'failed', asked.detail),
      ];
    case 'rateLimit':
    case 'quota':
      return [
        answered,
        step('authentication', 'ok', 'They were not refused.'),
        step('permission', 'skipped', 'The answer says nothing about it.'),
      ];
    default:
      return [
        { ...asked, key: 'call' },
        step('authentication', 'skipped', 'The answer says nothing about it.'),
        step('permission', 'skipped', 'The answer says nothing about it.'),
      ];
  }
}

function notReached({ steps }: CheckReport): TroubleshootStep[] {
  return steps.filter(({ status }) => status === 'skipped');
}

/** The provider's limit as its answer tells it, and our own. */
function rateStep({ problem, ok }: CheckReport, { limits, usage }: OwnFacts): TroubleshootStep {
  const step = (status: TroubleshootStep['status'], detail: string): TroubleshootStep => ({
    key: 'rate_limit',
    label: 'Are calls left?',
    status,
    detail,
    durationMs: null,
  });
  if (problem?.fault === 'rateLimit' || problem?.fault === 'quota') return step('failed', problem.cause);
  const { perHour, perDay } = limits;
  if (perHour !== null && usage.hour >= perHour) {
    return step('failed', `All ${perHour} calls of this hour that the integration may make are used.`);
  }
  if (perDay !== null && usage.day >= perDay) {
    return step('failed', `All ${perDay} calls of this day that the integration may make are used.`);
  }
  if (!ok) return step('skipped', 'Of our own limit, yes; the provider was not reached.');
  return step('ok', 'Yes, of the provider’s limit and of our own.');
}

function running(key: string, label: string): TroubleshootStep {
  return { key, label, status: 'running', detail: '', durationMs: null };
}
