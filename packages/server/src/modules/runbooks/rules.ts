import type { IntegrationStatus } from '@trunkline/contract/integrations';
import { providerCategories } from '@trunkline/contract/provider-categories';
import type { ProviderCategory } from '@trunkline/contract/provider-categories';
import type { Runbook, RunbookStep, RunbookSummary, RunbookTarget } from '@trunkline/contract/runbooks';
import { impactOf } from '../integrations/impact.ts';
import { criticalCategories, textsOf } from './texts.ts';

/** An integration as a runbook needs it. */
export interface Subject {
  id: string;
  name: string;
  status: IntegrationStatus;
  provider: {
    slug: string;
    name: string;
    category: ProviderCategory;
    byFiles: boolean;
    statusPageUrl: string | null;
    docsUrl: string | null;
  };
}

type Link = RunbookStep['links'][number];

const headOf = (category: ProviderCategory) => ({
  category,
  label: providerCategories[category].label,
  critical: textsOf(category).critical,
  impact: impactOf(category),
});

/** The runbooks that concern an organization; what fails first, then the critical ones, then by name. */
export function summariesOf(subjects: readonly Subject[]): RunbookSummary[] {
  const categories = new Set([...criticalCategories, ...subjects.map(({ provider }) => provider.category)]);
  return [...categories]
    .map((category) => {
      const own = subjects.filter(({ provider }) => provider.category === category);
      return {
        ...headOf(category),
        integrations: own.length,
        errors: own.filter(({ status }) => status === 'error').length,
      };
    })
    .sort(
      (a, b) =>
        b.errors - a.errors || Number(b.critical) - Number(a.critical) || a.label.localeCompare(b.label),
    );
}

/**
 * The emergency procedure of a category: what to look at, what helps meanwhile, whom to tell, how it ends. Its links lead
 * to the integrations that do not work, or to all of the category while all work.
 */
export function runbookOf(category: ProviderCategory, subjects: readonly Subject[]): Runbook {
  const own = subjects.filter(({ provider }) => provider.category === category);
  const failing = own.filter(({ status }) => status === 'error' || status === 'degraded');
  const about = failing.length > 0 ? failing : own;
  const step = (
    phase: RunbookStep['phase'],
    key: string,
    title: string,
    detail: string,
    links: Link[] = [],
  ): RunbookStep => ({ key, phase, title, detail, links });
  const each = (target: RunbookTarget, label: string): Link[] => about.flatMap(linkTo(target, label));
  return {
    ...headOf(category),
    integrations: own.map(({ id, name, status, provider: { slug, name: providerName } }) => ({
      id,
      name,
      status,
      provider: { slug, name: providerName },
    })),
    steps: [
      step(
        'immediate',
        'health',
        'Check the health page',
        'Since when does it fail, what do the errors have in common, and is it one integration or several?',
        each('health', 'Health'),
      ),
      step(
        'immediate',
        'logs',
        'Read the log',
        'The last lines before the first error often name the cause: a new key, a new setting, a new address.',
        each('logs', 'Log'),
      ),
      step(
        'immediate',
        'test',
        'Test the connection',
        'It runs step by step and stops at the first that fails, which says where to look.',
        each('test', 'Test'),
      ),
      step(
        'immediate',
        'status-page',
        'Look at the provider’s status page',
        'If it tells of an incident there is nothing to repair here: go on with a fallback.',
        each('statusPage', 'Status page'),
      ),
      ...textsOf(category).fallbacks.map(({ key, title, detail, target }) =>
        step('fallback', key, title, detail, target ? fallbackLinks(target, about) : []),
      ),
      step(
        'communication',
        'users',
        'Tell those who are affected',
        `${impactOf(category)} A status update is seen by everybody in the organization at the top of every page.`,
        [ofOrganization('statusUpdate', 'Post a status update')],
      ),
      step(
        'communication',
        'stakeholders',
        'Tell those who answer for it',
        'Operations and technology leads, by the channels of your alerts: what fails, since when, what is being done, when you will say more.',
        [ofOrganization('alerts', 'Open alerts')],
      ),
      step(
        'resolution',
        'vendor',
        'Work with the provider’s support',
        'Send the time of the first error, the request or message id from the log, and what the test says. Never send a key.',
        each('providerDocs', 'Documentation'),
      ),
      step(
        'resolution',
        'fix',
        'Repair it here, if it is here',
        'New credentials take over only after they have passed a test; the old ones work until then.',
        each('credentials', 'Credentials'),
      ),
      step(
        'resolution',
        'verify',
        'Test again, then switch back',
        'Go back to the primary when it has been healthy for some minutes, not with the first success.',
        each('test', 'Test'),
      ),
      step(
        'resolution',
        'catch-up',
        'Catch up',
        'See that nothing that waited is left, and that nothing done by hand is done a second time.',
        [ofOrganization('actions', 'Actions'), ofOrganization('deadLetters', 'Dead letters')],
      ),
      step(
        'resolution',
        'review',
        'Look back within a week',
        'What happened, how it was noticed, what would have been faster. The audit log holds who changed what, and when.',
        [ofOrganization('audit', 'Audit log')],
      ),
    ],
  };
}

const ofOrganization = (target: RunbookTarget, label: string): Link => ({
  target,
  label,
  integrationId: null,
  url: null,
});

/** The link of a subject, where it has such a page. */
function linkTo(target: RunbookTarget, label: string): (subject: Subject) => Link[] {
  return ({ id, name, provider }) => {
    if (target === 'statusPage' || target === 'providerDocs') {
      const url = target === 'statusPage' ? provider.statusPageUrl : provider.docsUrl;
      return url === null ? [] : [{ target, label: `${label}: ${provider.name}`, integrationId: id, url }];
    }
    if (target === 'files' && !provider.byFiles) return [];
    return [{ target, label: `${label}: ${name}`, integrationId: id, url: null }];
  };
}

const organizationTargets: readonly RunbookTarget[] = [
  'alerts',
  'statusUpdate',
  'deadLetters',
  'actions',
  'audit',
];

function fallbackLinks(
  { target, label }: { target: RunbookTarget; label: string },
  about: readonly Subject[],
): Link[] {
  return organizationTargets.includes(target)
    ? [ofOrganization(target, label)]
    : about.flatMap(linkTo(target, label));
}
