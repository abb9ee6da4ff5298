import type { App } from '../ctx.ts';
import { probeHttp } from '../lib/http-probe.ts';
import type { Provider } from '../providers/provider.ts';

/** What a provider says about itself. `unknown`: it has no page, or none that a program can read. */
export interface ProviderWord {
  state: 'fine' | 'impaired' | 'failing' | 'unknown';
  detail: string;
}

const states: Readonly<Record<string, ProviderWord['state']>> = {
  none: 'fine',
  maintenance: 'impaired',
  minor: 'impaired',
  major: 'failing',
  critical: 'failing',
};

/**
 * Asks the provider's status page. Many of them answer by the same address in the same form; of every other one nothing
 * is known. Never throws for what the other side does.
 */
export async function askStatusPage(
  app: Pick<App, 'dialer' | 'reroute'>,
  { slug, name, statusPageUrl }: Pick<Provider, 'slug' | 'name' | 'statusPageUrl'>,
): Promise<ProviderWord> {
  if (statusPageUrl === null) return { state: 'unknown', detail: `${name} has no public status page.` };
  const url = app.reroute(slug, `${statusPageUrl.replace(/\/$/, '')}/api/v2/status.json`);
  const { answer, failure } = await probeHttp(
    { url, method: 'GET', headers: { accept: 'application/json' }, body: null, secrets: [] },
    { dialer: app.dialer, limits: { totalMs: 5_000, stepMs: 4_000 } },
  );
  const word = failure === null && answer !== null ? wordOf(answer.body) : null;
  return (
    word ?? { state: 'unknown', detail: `A program cannot read it here; look yourself at ${statusPageUrl}.` }
  );
}

function wordOf(body: string): ProviderWord | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return null;
  }
  const { status } = (parsed ?? {}) as { status?: { indicator?: unknown; description?: unknown } };
  const state = typeof status?.indicator === 'string' ? states[status.indicator] : undefined;
  if (state === undefined) return null;
  const said = typeof status?.description === 'string' ? status.description.slice(0, 200) : '';
  return { state, detail: said === '' ? 'It says nothing more.' : `It says: ${said}.` };
}
