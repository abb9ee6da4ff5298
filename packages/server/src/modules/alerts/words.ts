import type { Provider } from '../../providers/provider.ts';
import { impactOf } from '../integrations/impact.ts';
import type { Fact } from './facts.ts';

/** What a person reads of an alert. */
export interface Words {
  title: string;
  cause: string;
  impact: string;
}

type Subject = Pick<Fact, 'rule' | 'subjectName' | 'data'>;

/** What a limit on calls counts over. */
const spans: Record<string, string> = { second: ' a second', hour: ' an hour', day: ' a day' };

/** An alert in plain words. `provider` is that of an integration, as far as it is known. */
export function wordsOf({ rule, subjectName: name, data }: Subject, provider: Provider | undefined): Words {
  const at = provider?.name ?? 'the provider';
  const impact = provider ? impactOf(provider.category) : 'Calls through it fail.';
  const found = data.problem ? `${data.problem.title}: ${data.problem.cause}` : '';
  switch (rule) {
    case 'integration_failing':
      return { title: `${name} does not work`, cause: found, impact };
    case 'integration_down':
      return { title: `${name} has been down for long`, cause: found, impact };
    case 'reauthentication_required':
      return {
        title: `${name} has to be connected again`,
        cause: found || `${at} no longer accepts the stored authorization.`,
        impact,
      };
    case 'slow_responses':
      return {
        title: `${name} answers slowly`,
        cause: `${data.byCalls ? 'Its calls take' : 'The last check took'} ${seconds(data.durationMs ?? 0)}${data.byCalls ? ' on average' : ''}; more than ${seconds(data.threshold ?? 0)} is slow.`,
        impact: 'Calls through it take long and may time out.',
      };
    case 'token_expiring':
      return {
        title: `The authorization of ${name} expires soon`,
        cause: `It ends on ${day(data.expiresAt)}, and ${at} gives no way to renew it without a person.`,
        impact: `After that: ${impact.charAt(0).toLowerCase()}${impact.slice(1)}`,
      };
    case 'credentials_old':
      return {
        title: `The credentials of ${name} are old`,
        cause: `They were entered ${data.ageDays ?? 0} days ago.`,
        impact: 'Nothing fails yet. Whoever has seen them can still use them.',
      };
    case 'webhook_failing':
      return {
        title: `Webhook ${name} fails`,
        cause: `${plural(data.failures ?? 0, 'attempt')} in a row failed, the last with ${answer(data.lastStatus ?? 0)}.`,
        impact: 'Its events arrive late, or end as dead letters.',
      };
    case 'webhook_disabled':
      return {
        title: `Webhook ${name} was switched off`,
        cause:
          data.reason === 'gone'
            ? 'Its endpoint answered 410 Gone: it no longer wants deliveries.'
            : 'It failed for days.',
        impact: 'New events do not go there. What waited is held.',
      };
    case 'dead_letters':
      return {
        title: `Dead letters of webhook ${name}`,
        cause: `${atLeast(data.count ?? 0, 'delivery', 'deliveries')} given up${data.error ? `; the last: ${data.error}` : '.'}`,
        impact: 'These events have not arrived. They can be retried until they expire.',
      };
    case 'automation_dead_letters':
      return {
        title: `Dead letters of automation ${name}`,
        cause: `${atLeast(data.count ?? 0, 'run', 'runs')} given up${data.error ? `; the last: ${data.error}` : '.'}`,
        impact: 'What it should have done was not done, or only in part. The runs can be retried.',
      };
    case 'inbound_refused':
      return {
        title: `Webhooks for ${name} are refused`,
        cause: `${plural(data.failures ?? 0, 'webhook')} in a row ${data.failures === 1 ? 'was' : 'were'} refused. ${whyRefused(data.reason, provider?.name ?? 'the sender')}`,
        impact:
          'Nothing of what is sent there is taken in, and no events follow. Most senders try again for hours and then give up.',
      };
    case 'inbound_failed':
      return {
        title: `Webhooks for ${name} were not processed`,
        cause: `${atLeast(data.count ?? 0, 'webhook', 'webhooks')} given up${data.error ? `; the last: ${data.error}` : '.'}`,
        impact: 'They have become no events, so that nothing follows from them. They can be processed again.',
      };
    case 'failover':
      return {
        title: `${name} runs through its backup`,
        cause: data.backup
          ? `It failed, so that calls now go through ${data.backup}.`
          : 'It failed, so that calls go elsewhere.',
        impact: 'Everything works, but without a second backup.',
      };
    case 'email_waiting':
      return {
        title: `${name}: messages wait because no provider answers`,
        cause: waiting(data, 'message waits', 'messages wait'),
        impact: 'Nobody has got them yet. They are sent as soon as an integration works.',
      };
    case 'files_kept':
      return {
        title: `${name}: files are kept here because no store answers`,
        cause: waiting(data, 'file waits', 'files wait'),
        impact: 'They can be fetched as usual. They are copied as soon as a store works.',
      };
    case 'files_not_copied':
      return {
        title: `${name} does not have all its files`,
        cause: `${plural(data.count ?? 0, 'file that a backup took was', 'files that a backup took were')} not copied back, the last because: ${data.error ?? 'it could not be'}.`,
        impact:
          'They are read at the backup. Whoever looks into the primary itself finds none or older ones.',
      };
    case 'jobs_by_hand':
      return {
        title: `${name}: somebody has to do it by hand`,
        cause: waiting(data, 'job waits', 'jobs wait'),
        impact: 'The boards do not show it yet. It stays on the list until somebody marks it as done.',
      };
    case 'throttled':
      return {
        title: `${name} is throttled`,
        cause:
          data.limit === undefined
            ? found || 'A limit on calls is reached.'
            : `The limit of ${plural(data.limit, 'call')}${spans[data.window ?? ''] ?? ''} is reached.`,
        impact: 'Calls wait or are refused until the limit allows them again.',
      };
    case 'sso_domain_unproved':
      return {
        title: `The proof of ${name} is gone`,
        cause: data.reason ?? 'The TXT record is not there any more.',
        impact: `Unless it is back by ${day(data.expiresAt)}, the sign-in page leads people of this domain nowhere; they need the sign-in link then.`,
      };
    case 'audit_log_broken':
      return {
        title: `${name} does not fit together`,
        cause: data.reason ?? 'A record does not fit the one before it.',
        impact:
          'The database was changed from outside or is damaged. What the log says of that time cannot be relied on.',
      };
    case 'channel_failing':
      return {
        title: `Alerts do not get through to ${name}`,
        cause: `${plural(data.failures ?? 0, 'try', 'tries')} in a row failed${data.error ? `: ${data.error}` : '.'}`,
        impact: 'Whoever relies on this channel is not told.',
      };
  }
}

/** What most likely is wrong when a source refuses everything, and where it is mended. */
function whyRefused(reason: string | undefined, sender: string): string {
  switch (reason) {
    case 'wrong_signature':
      return `The signature does not fit the key here: most likely ${sender} signs with a new one. Copy it from there and replace the key of the source.`;
    case 'no_signature':
      return `They carry no signature: most likely signing was switched off at ${sender}. Switch it on again.`;
    case 'no_key':
      return `There is no key to check them with. Enter the one of ${sender} at the source.`;
    case 'too_old':
    case 'too_new':
      return 'Their time is minutes off: most likely the clock of this server is wrong. Look at it first.';
    case 'address_not_allowed':
      return `They come from addresses that are not allowed: most likely ${sender} sends from new ones. Look them up there and allow them at the source.`;
    default:
      return `They are not what ${sender} sends. Look at what is entered there, and at who else knows the address.`;
  }
}

/** The title of an alert that was escalated. */
export function downTitle(name: string, minutes: number): string {
  return `${name} has been down for ${minutes >= 120 ? `${Math.floor(minutes / 60)} hours` : plural(minutes, 'minute')}`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`;
}

function waiting({ count = 0, error }: Fact['data'], one: string, many: string): string {
  return `${plural(count, one, many)}; the last because: ${error ?? 'every integration failed'}.`;
}

function atLeast(count: number, one: string, many: string): string {
  return count >= 1_000
    ? `1,000 ${many} or more were`
    : count === 1
      ? `1 ${one} was`
      : `${count} ${many} were`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toLocaleString('en-GB', { maximumFractionDigits: 1 })} s`;
}

function day(text: string | undefined): string {
  return text === undefined ? 'a day that is not known' : new Date(text).toISOString().slice(0, 10);
}

function answer(status: number): string {
  return status === 0 ? 'no answer' : `HTTP ${status}`;
}
