/** What an organization uses, as far as the rules look at it. */
export interface UsedThings {
  /** Slugs of the providers that it has integrations of. */
  providers: ReadonlySet<string>;
  /** Host names that its webhooks send to. */
  webhookHosts: ReadonlySet<string>;
}

/** A provider and what makes it fit: everything that a rule names must be so. */
export interface RecommendationRule {
  provider: string;
  /** One of these is in use. */
  withAny?: readonly string[];
  /** Exactly one of these is in use. */
  withOneOf?: readonly string[];
  /** None of these is in use; the recommended provider itself never is. */
  without?: readonly string[];
  /** A webhook sends to this host. */
  webhookTo?: string;
  /** In words, to the person who reads it. */
  reason: string;
}

const emailSenders = ['amazon-ses', 'gmail', 'mailgun', 'microsoft-365', 'postmark', 'sendgrid', 'smtp'];
const onlyOneSender = 'All your email goes through one provider: with a second one there is a backup.';
const jobBoards = ['dice', 'glassdoor', 'indeed', 'linkedin-recruiter'];
const videoServices = ['google-meet', 'microsoft-teams', 'zoom'];
const calendars = ['calendly', 'google-calendar', 'microsoft-365'];

/** The rules of CAT-3, what helps most first. */
export const recommendationRules: readonly RecommendationRule[] = [
  {
    provider: 'zapier',
    webhookTo: 'hooks.zapier.com',
    reason: 'One of your webhooks sends to Zapier: connected, it stands beside your other integrations.',
  },
  {
    provider: 'slack',
    webhookTo: 'hooks.slack.com',
    reason: 'One of your webhooks sends to Slack: as an app it also takes replies.',
  },
  {
    provider: 'amazon-ses',
    withOneOf: emailSenders,
    reason: onlyOneSender,
  },
  {
    provider: 'sendgrid',
    withAny: ['amazon-ses'],
    withOneOf: emailSenders,
    reason: onlyOneSender,
  },
  {
    provider: 'google-calendar',
    withAny: ['gmail'],
    reason: 'You use Gmail: the same Google account works.',
  },
  {
    provider: 'gmail',
    withAny: ['google-calendar'],
    without: emailSenders,
    reason: 'You use Google Calendar: the same Google account works.',
  },
  {
    provider: 'google-meet',
    withAny: ['google-calendar'],
    without: videoServices,
    reason: 'You use Google Calendar: the same Google account works for video calls.',
  },
  {
    provider: 'microsoft-teams',
    withAny: ['microsoft-365'],
    without: videoServices,
    reason: 'You use Microsoft 365: the same Microsoft account works for video calls.',
  },
  {
    provider: 'google-calendar',
    withAny: ['google-meet', 'zoom'],
    without: calendars,
    reason: 'You hold video calls: with a calendar they are planned in one place.',
  },
  {
    provider: 'indeed',
    withAny: ['greenhouse', 'lever'],
    without: jobBoards,
    reason: 'You use an applicant tracking system: a job board brings applicants.',
  },
  {
    provider: 'checkr',
    withAny: ['greenhouse', 'lever', 'indeed'],
    without: ['sterling'],
    reason: 'You hire people: Checkr runs their background checks.',
  },
  {
    provider: 'docusign',
    withAny: ['checkr', 'sterling'],
    without: ['hellosign'],
    reason: 'You check candidates: with Docusign they sign their contracts online.',
  },
  {
    provider: 'twilio-verify',
    withAny: ['twilio'],
    reason: 'You use Twilio: the same account checks phone numbers by a code.',
  },
  {
    provider: 'twilio',
    withAny: ['twilio-verify'],
    without: ['vonage'],
    reason: 'You use Twilio Verify: the same account sends text messages.',
  },
  {
    provider: 'vonage',
    withAny: ['twilio'],
    reason: 'All your text messages go through Twilio: with a second provider there is a backup.',
  },
  {
    provider: 'stripe-connect',
    withAny: ['stripe'],
    reason: 'You use Stripe: with Connect others can be paid through it.',
  },
  {
    provider: 'avalara',
    withAny: ['stripe', 'shopify', 'woocommerce'],
    reason: 'You take payments: Avalara works out the sales tax.',
  },
  {
    provider: 'mailchimp',
    withAny: ['shopify', 'woocommerce'],
    reason: 'You run a shop: Mailchimp writes to its customers.',
  },
  {
    provider: 'zendesk',
    withAny: ['hubspot', 'salesforce'],
    reason: 'Your customers are in a CRM: Zendesk holds their questions.',
  },
  {
    provider: 'aws-s3',
    withAny: ['local-storage'],
    reason: 'Your files are on this server: what is in Amazon S3 survives the loss of it.',
  },
];

/** How many recommendations are shown at once. */
const most = 3;

/** The hosts of webhooks that the rules ask about. */
export const webhookHostsOfRules: readonly string[] = [
  ...new Set(recommendationRules.flatMap(({ webhookTo }) => (webhookTo === undefined ? [] : [webhookTo]))),
];

/**
 * The providers that fit best to what is used, by their slugs with the reason; at most three, and only of those that
 * may be recommended.
 */
export function recommend(used: UsedThings, mayBe: ReadonlySet<string>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const rule of recommendationRules) {
    if (found.size === most) break;
    if (found.has(rule.provider) || used.providers.has(rule.provider) || !mayBe.has(rule.provider)) continue;
    if (fits(rule, used)) found.set(rule.provider, rule.reason);
  }
  return found;
}

function fits(
  { withAny, withOneOf, without = [], webhookTo }: RecommendationRule,
  used: UsedThings,
): boolean {
  const inUse = (slugs: readonly string[]) => slugs.filter((slug) => used.providers.has(slug)).length;
  if (withAny && inUse(withAny) === 0) return false;
  if (withOneOf && inUse(withOneOf) !== 1) return false;
  if (webhookTo !== undefined && !used.webhookHosts.has(webhookTo)) return false;
  return inUse(without) === 0;
}
