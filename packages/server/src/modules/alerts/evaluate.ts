import type { AlertRuleKey } from '@trunkline/contract/alert-rules';
import { providersOf } from '../../connections/provider-of.ts';
import type { App, Tx } from '../../ctx.ts';
import type { Provider } from '../../providers/provider.ts';
import { closeAlert, openAlert, seeAgain } from './change-alert.ts';
import type { Cause } from './change-alert.ts';
import { readFacts } from './facts.ts';
import { alertColumns } from './queries.ts';
import type { AlertRow } from './queries.ts';
import { remindOfCredential } from './remind-of-credential.ts';
import type { AlertSettings } from './settings.ts';
import { tellSlow } from './tell-slow.ts';

/** What one round needs to know of an organization, read once. */
export interface Round {
  settings: AlertSettings;
  providers: ReadonlyMap<string, Provider>;
}

export async function providersBySlug(tx: Tx): Promise<ReadonlyMap<string, Provider>> {
  return new Map((await providersOf(tx)).map((provider) => [provider.slug, provider]));
}

export interface EvaluateOptions {
  /** What made somebody look; its repetition counts. */
  event?: Cause;
}

/**
 * Brings the alerts of a rule about these subjects in line with what is so now: facts open alerts, alerts without their
 * fact are resolved. Doing it again changes nothing, so that events may come late, twice or not at all.
 */
export async function evaluate(
  app: App,
  tx: Tx,
  { settings, providers }: Round,
  rule: AlertRuleKey,
  subjectIds: readonly string[],
  { event }: EvaluateOptions = {},
): Promise<void> {
  const found = await readFacts(tx, rule, subjectIds, app.clock());
  const facts = new Map(found.map((fact) => [fact.subjectId, fact]));
  const alerts = await tx.query<AlertRow>(
    `SELECT ${alertColumns} FROM alerts a WHERE a.organization_id = current_organization() AND a.rule = $1
       AND a.subject_id = ANY ($2) AND a.state <> 'resolved' ORDER BY a.id FOR UPDATE`,
    [rule, subjectIds],
  );
  for (const alert of alerts) {
    const fact = facts.get(alert.subjectId);
    facts.delete(alert.subjectId);
    if (!fact) await closeAlert(app, tx, settings, alert, null, event?.id ?? null);
    else if (event) await seeAgain(app, tx, alert, fact, providers.get(fact.topic), event);
  }
  for (const fact of facts.values()) {
    const provider = providers.get(fact.topic);
    const opened = await openAlert(app, tx, settings, fact, provider, event ?? null);
    if (rule === 'credentials_old' || rule === 'token_expiring')
      await remindOfCredential(app, tx, fact, provider);
    if (opened && rule === 'slow_responses') await tellSlow(app, tx, fact, provider);
  }
}
