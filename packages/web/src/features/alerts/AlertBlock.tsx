import { listAlerts } from '@trunkline/contract/alerts';
import { AppLink } from '../../components/AppLink.tsx';
import { Card } from '../../components/Card.tsx';
import { useOperation } from '../../lib/api.ts';
import { formatNumber } from '../../lib/format.ts';
import { AlertRow } from './AlertRow.tsx';
import { groupAlerts } from './alert-words.ts';
import classes from './AlertBlock.module.css';

const rowsShown = 3;
const looked = 100;

/**
 * What needs attention now, the worst first, above whatever page it stands on (DASH-2). Nothing when all is well; notes
 * and what is snoozed or acknowledged stay on the page of alerts.
 */
export function AlertBlock() {
  const alerts = useOperation(listAlerts, { state: 'open', snoozed: 'leave_out', limit: looked });
  const urgent = (alerts.data?.data ?? []).filter(({ severity }) => severity !== 'info');
  const groups = groupAlerts(urgent);
  if (groups.length === 0) return null;
  const shown = groups.slice(0, rowsShown);
  const told = shown.reduce((sum, { rest }) => sum + 1 + rest.length, 0);
  const open = (alerts.data?.counts.open ?? 0) - (alerts.data?.counts.snoozed ?? 0);
  return (
    <section className={classes.block} aria-label="Alerts">
      <Card flush>
        <ul className={classes.list}>
          {shown.map(({ first, rest }) => (
            <AlertRow key={first.id} alert={first} more={rest.length} tinted />
          ))}
        </ul>
        {open > told && (
          <div className={classes.foot}>
            <AppLink href="/alerts">
              {open - told === 1 ? 'One more alert' : `${formatNumber(open - told)} more alerts`}
            </AppLink>
          </div>
        )}
      </Card>
    </section>
  );
}
