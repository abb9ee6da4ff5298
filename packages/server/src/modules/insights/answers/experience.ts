import { trackedPages } from '@trunkline/contract/tracking-plan';
import { providerCategories } from '@trunkline/contract/provider-categories';
import type { ProviderCategory } from '@trunkline/contract/provider-categories';
import { count, decimal, percent, property, readCells, roleWords, shareOf, text, tracked } from './answer.ts';
import type { Answering } from './answer.ts';
import { named } from './operational.ts';

/** `dead_letters` → `Dead letters`. */
function pageWords(page: string): string {
  const words = page.replaceAll('_', ' ').replace('api key', 'API keys');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const notPages = new Set(['other']);

export const experience: Answering[] = [
  {
    name: 'features',
    group: 'experience',
    title: 'Pages and how they are used',
    questions: ['Which features are underutilized and may need better discoverability?'],
    columns: [text('Page'), count('Views'), count('People')],
    bar: 1,
    needs: 'It fills as people use the pages.',
    find: async (tx, span) => {
      const rows = await readCells(
        tx,
        `SELECT ${property('page')} AS page, count(*) AS views, count(DISTINCT e.user_id) AS people
         FROM ${tracked('page_viewed')} GROUP BY 1`,
        span,
      );
      if (rows.length === 0) return [];
      const seen = new Map(rows.map(([page, ...counts]) => [String(page), counts]));
      return trackedPages
        .filter((page) => !notPages.has(page))
        .map((page) => [pageWords(page), ...(seen.get(page) ?? [0, 0])])
        .sort((a, b) => Number(b[1]) - Number(a[1]));
    },
    say: (rows) => {
      const never = rows.filter((row) => row[1] === 0).map(([page]) => page);
      if (rows.length === 0) return null;
      return never.length === 0 ? 'Every page was opened.' : `Nobody opened: ${never.join(', ')}.`;
    },
  },
  {
    name: 'friction',
    group: 'experience',
    title: 'Where people get stuck',
    questions: ['Where do users experience friction in the integration management workflow?'],
    columns: [text('Where'), count('Stuck'), count('Of'), percent('Share')],
    bar: 3,
    needs: 'Connect providers, search the catalog or make webhooks.',
    find: async (tx, span) => {
      const [row = []] = await readCells(
        tx,
        `SELECT count(*) FILTER (WHERE e.event = 'integration_connection_attempted'
             AND NOT (${property('success_status')})::bool) AS a,
           count(*) FILTER (WHERE e.event = 'integration_connection_attempted') AS b,
           count(*) FILTER (WHERE e.event = 'webhook_save_failed') AS c,
           count(*) FILTER (WHERE e.event IN ('webhook_save_failed', 'webhook_added')) AS d,
           count(*) FILTER (WHERE e.event = 'catalog_searched' AND (${property('results_count')})::int = 0) AS f,
           count(*) FILTER (WHERE e.event = 'catalog_searched') AS g,
           count(*) FILTER (WHERE e.event = 'documentation_opened' AND ${property('place')} = 'error') AS h,
           count(*) FILTER (WHERE e.event = 'documentation_opened') AS i
         FROM ${tracked('integration_connection_attempted', 'webhook_save_failed', 'webhook_added', 'catalog_searched', 'documentation_opened')}`,
        span,
      );
      return ['Connecting a provider', 'Saving a webhook', 'Searching the catalog', 'Reading about an error']
        .map((where, index) => {
          const [stuck, of] = [Number(row[2 * index] ?? 0), Number(row[2 * index + 1] ?? 0)];
          return [where, stuck, of, shareOf(stuck, of)];
        })
        .filter(([, , of]) => Number(of) > 0);
    },
  },
  {
    name: 'roles',
    group: 'experience',
    title: 'How roles use the product',
    questions: ['How does role-based access affect feature usage patterns?'],
    columns: [text('Role'), count('People'), count('Page views'), count('Acts'), text('Page used most')],
    bar: 2,
    needs: 'It fills as people use the pages.',
    find: async (tx, span) =>
      (
        await readCells(
          tx,
          `SELECT ${roleWords} AS role, count(DISTINCT e.user_id) AS people,
             count(*) FILTER (WHERE e.event = 'page_viewed') AS views,
             count(*) FILTER (WHERE e.event <> 'page_viewed') AS acts,
             mode() WITHIN GROUP (ORDER BY ${property('page')}) FILTER (WHERE e.event = 'page_viewed') AS page
           FROM tracked_events e WHERE e.organization_id = current_organization() AND e.at >= $1 AND e.at < $2
           GROUP BY 1 ORDER BY 3 DESC, 1`,
          span,
        )
      ).map((row) => [...row.slice(0, 4), row[4] ? pageWords(String(row[4])) : null]),
  },
  {
    name: 'dashboard',
    group: 'experience',
    title: 'How often integrations are looked at',
    questions: ['How often do utility admins check integration status?'],
    columns: [text('Role'), count('Views'), count('People'), decimal('A person and week')],
    bar: 1,
    needs: 'Open the page of integrations.',
    find: (tx, span) =>
      readCells(
        tx,
        `SELECT ${roleWords} AS role, count(*) AS views, count(DISTINCT e.user_id) AS people,
           round(count(*) / greatest(count(DISTINCT e.user_id), 1)
             / (extract(epoch FROM $2::timestamptz - $1::timestamptz) / 604800)::numeric, 1)::float8 AS weekly
         FROM ${tracked('integration_dashboard_viewed')} GROUP BY 1 ORDER BY 2 DESC, 1`,
        span,
      ),
  },
  {
    name: 'interest',
    group: 'experience',
    title: 'Providers that people look at',
    questions: ['Which integrations generate the most interest?'],
    columns: [text('Provider'), count('Opened'), count('People'), count('While not connected')],
    bar: 1,
    needs: 'Open the card of a provider in the catalog.',
    find: async (tx, span) =>
      named(
        await readCells(
          tx,
          `SELECT ${property('integration_name')} AS slug, count(*) AS opened, count(DISTINCT e.user_id) AS people,
             count(*) FILTER (WHERE ${property('integration_status')} = 'available') AS available
           FROM ${tracked('integration_card_clicked')} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 15`,
          span,
        ),
      ),
  },
  {
    name: 'categories',
    group: 'experience',
    title: 'Categories that people choose',
    questions: ['Which integration categories are most relevant to business users?'],
    columns: [text('Category'), count('Chosen'), count('People')],
    bar: 1,
    needs: 'Choose a category in the catalog.',
    find: async (tx, span) =>
      (
        await readCells(
          tx,
          `SELECT ${property('category_name')} AS category, count(*) AS chosen, count(DISTINCT e.user_id) AS people
           FROM ${tracked('category_filtered')} GROUP BY 1 ORDER BY 2 DESC, 1`,
          span,
        )
      ).map(([category, ...counts]) => [
        providerCategories[category as ProviderCategory]?.label ?? String(category),
        ...counts,
      ]),
  },
  {
    name: 'responses',
    group: 'experience',
    title: 'What people do about a status',
    questions: ['How do users respond to integration status changes?'],
    columns: [text('Status'), count('Looked'), count('Tested'), count('Reconnected'), count('Switched')],
    bar: null,
    needs: 'Open an integration.',
    find: (tx, span) =>
      readCells(
        tx,
        `SELECT initcap(${property('status_type')}) AS status,
           ${['looked', 'tested', 'reconnected', 'switched']
             .map((act) => `count(*) FILTER (WHERE ${property('action_taken')} = '${act}') AS ${act}`)
             .join(', ')}
         FROM ${tracked('integration_status_reviewed')} GROUP BY 1 ORDER BY 2 DESC, 1`,
        span,
      ),
  },
  {
    name: 'webhookReviews',
    group: 'experience',
    title: 'How often webhooks are looked at',
    questions: ['How often do admins review webhook configurations?'],
    columns: [text('View'), count('Times'), count('People'), decimal('Webhooks then (mean)')],
    bar: 1,
    needs: 'Open the webhooks.',
    find: (tx, span) =>
      readCells(
        tx,
        `SELECT CASE ${property('view')} WHEN 'list' THEN 'All webhooks' WHEN 'details' THEN 'One webhook'
             ELSE 'Its form' END AS view, count(*) AS times, count(DISTINCT e.user_id) AS people,
           round(avg((${property('existing_webhook_count')})::int), 1)::float8 AS webhooks
         FROM ${tracked('webhook_modal_opened')} GROUP BY 1 ORDER BY 2 DESC, 1`,
        span,
      ),
  },
];
