import type { CheckReport } from '@trunkline/contract/checks';
import type { SuggestedAction, TroubleshootDiagnosis, TroubleshootStep } from '@trunkline/contract/health';
import { suggestAll } from './actions.ts';
import type { ActionFacts } from './actions.ts';

export interface DiagnosisFacts extends ActionFacts {
  byOAuth: boolean;
  /** Another integration can take its place (FAILOVER-1). */
  hasBackup: boolean;
  /** For protocols that can be called, the code of the failure: `timeout`, `connect`, … */
  code: string | null;
}

interface Explanation {
  title: string;
  meaning: string;
  fix: string;
  /** The most promising first. */
  actions: readonly SuggestedAction['key'][];
}

/** Always offered, after what fits the step best (UC §5). */
const usual = ['status_page', 'verify_key', 'test_network', 'check_firewall', 'view_logs'] as const;

/** What the first failed step means and what to do about it. */
export function diagnose(
  steps: readonly TroubleshootStep[],
  problem: CheckReport['problem'],
  facts: DiagnosisFacts,
  durationMs: number,
): TroubleshootDiagnosis {
  const failed = steps.find(({ status }) => status === 'failed');
  if (failed === undefined) {
    const warned = steps.filter(({ status }) => status === 'warning').map(({ detail }) => detail);
    return {
      ok: true,
      failedStep: null,
      title: warned.length === 0 ? 'Everything works' : 'It works, with something to look at',
      meaning:
        warned.length === 0
          ? 'Every step from here to the provider went well just now. An error that comes and goes is in the log.'
          : warned.join(' '),
      fix: warned.length === 0 ? 'Nothing to do.' : 'Look at the steps marked with a warning.',
      actions: suggestAll(['view_logs', 'status_page'], facts),
      durationMs,
    };
  }
  const explained = explain(failed, problem, facts);
  return {
    ok: false,
    failedStep: failed.key,
    title: explained.title,
    meaning: explained.meaning,
    fix: explained.fix,
    actions: suggestAll(
      [...explained.actions, ...usual, ...(facts.hasBackup ? (['switch_backup'] as const) : [])],
      facts,
    ),
    durationMs,
  };
}

function explain(
  { key, detail }: TroubleshootStep,
  problem: CheckReport['problem'],
  facts: DiagnosisFacts,
): Explanation {
  const { host, port, code, byOAuth, providerName } = facts;
  const server = host ?? providerName;
  const own = problem ?? { title: 'It does not work', cause: detail, fix: 'Look at the log.' };
  switch (key) {
    case 'dns':
      return {
        title: `The name ${server} leads nowhere`,
        meaning:
          'This server asked its name server where that is and got no usable address: the name is misspelled, gone, or the name server cannot be reached.',
        fix: 'Compare the host with the provider’s documentation. If it is right, see to the DNS of this server.',
        actions: ['test_network', 'verify_key'],
      };
    case 'tcp':
      return code === 'connect'
        ? {
            title: `Nothing listens on port ${port ?? ''} of ${server}`.replace('  ', ' '),
            meaning:
              'The machine is there and refuses the connection: the port is wrong or closed, or the service on it does not run.',
            fix: 'Compare the port with the provider’s documentation; if it is right, the service is down or a firewall refuses for it.',
            actions: ['check_firewall', 'status_page'],
          }
        : {
            title: `${server} does not answer`,
            meaning:
              'Packets go out and nothing comes back. Most often a firewall on the way drops them silently; sometimes the machine is down.',
            fix: `Have outgoing connections to ${server}${port === null ? '' : `, port ${port},`} allowed, then try again.`,
            actions: ['check_firewall', 'test_network', 'status_page'],
          };
    case 'tls':
      return {
        title: 'The connection cannot be encrypted safely',
        meaning: detail,
        fix: 'Nothing was sent. Whoever runs the server has to put its certificate right; with the wrong port, choose the right one.',
        actions: ['renew_certificate', 'contact_support'],
      };
    case 'greeting':
      return {
        title: 'The server does not introduce itself as it should',
        meaning: detail,
        fix: 'Another service may listen on this port, or the server’s key has changed. Compare host, port and key.',
        actions: ['check_firewall', 'verify_key'],
      };
    case 'values':
    case 'authentication':
    case 'token':
      return {
        ...wordsOf(own),
        actions: byOAuth ? ['reconnect', 'verify_key'] : ['verify_key', 'reconnect'],
      };
    case 'permission':
    case 'folder':
      return {
        ...wordsOf(own),
        actions: byOAuth ? ['reconnect', 'view_logs'] : ['verify_key', 'contact_support'],
      };
    case 'rate_limit':
      return problem?.fault === 'rateLimit' || problem?.fault === 'quota'
        ? { ...wordsOf(own), actions: ['lower_rate', 'contact_support'] }
        : {
            title: 'The limit of this integration is used up',
            meaning: detail,
            fix: 'Raise its limit, or wait until the hour or the day is over.',
            actions: ['lower_rate', 'view_logs'],
          };
    case 'status_page':
      return {
        title: `${providerName} says that it has an incident`,
        meaning: detail,
        fix: 'Wait for the provider; what you see here may come from it.',
        actions: ['status_page', 'contact_support'],
      };
    default:
      return { ...wordsOf(own), actions: ['status_page', 'view_logs', 'contact_support'] };
  }
}

function wordsOf({ title, cause, fix }: { title: string; cause: string; fix: string }) {
  return { title, meaning: cause, fix };
}
