import { listAlerts } from '@trunkline/contract/alerts';
import { getDlqItems } from '@trunkline/contract/dead-letters';
import { listIntegrations } from '@trunkline/contract/integrations';
import { useRouterState } from '@tanstack/react-router';
import { ArrowUpRight } from 'lucide-react';
import { useEffect, useId, useRef } from 'react';
import { AppLink } from '../components/AppLink.tsx';
import { useOperation } from '../lib/api.ts';
import { formatNumber } from '../lib/format.ts';
import { useSession } from '../lib/session.ts';
import { visibleNavigation } from './navigation.ts';
import type { NavigationItem } from './navigation.ts';
import classes from './Shell.module.css';

function DeadLetterCount() {
  const { data } = useOperation(getDlqItems, { limit: 1 });
  if (!data || data.total === 0) return null;
  return <span className={classes.badge}>{formatNumber(data.total)}</span>;
}

/** Integrations in error. */
function ErrorCount() {
  const { data } = useOperation(listIntegrations, { limit: 1 });
  if (!data || data.counts.errors === 0) return null;
  return (
    <span className={classes.badge} data-tone="error">
      {formatNumber(data.counts.errors)}
      <span className="visually-hidden"> in error</span>
    </span>
  );
}

/** Open ones that nobody has snoozed. */
function AlertCount() {
  const { data } = useOperation(listAlerts, { state: 'open', limit: 1 });
  const count = data ? data.counts.open - data.counts.snoozed : 0;
  if (count === 0) return null;
  const critical = (data?.counts.critical ?? 0) > 0;
  return (
    <span className={classes.badge} data-tone={critical ? 'error' : undefined}>
      {formatNumber(count)}
      <span className="visually-hidden"> open</span>
    </span>
  );
}

function Item({ item, path }: { item: NavigationItem; path: string }) {
  const Icon = item.icon;
  if (item.external) {
    return (
      <a className={classes.item} href={item.href} target="_blank" rel="noreferrer">
        <Icon aria-hidden />
        <span>{item.label}</span>
        <ArrowUpRight aria-label="opens in a new tab" />
      </a>
    );
  }
  const isCurrent = path === item.href || path.startsWith(`${item.href}/`);
  return (
    <AppLink className={classes.item} href={item.href} {...(isCurrent ? { 'aria-current': 'page' } : {})}>
      <Icon aria-hidden />
      <span>{item.label}</span>
      {item.badge === 'alerts' && <AlertCount />}
      {item.badge === 'deadLetters' && <DeadLetterCount />}
      {item.badge === 'errors' && <ErrorCount />}
    </AppLink>
  );
}

/** The groups of the navigation that this person may see. */
export function NavigationList() {
  const id = useId();
  const { permissions } = useSession();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const list = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a low screen not all fit: the present one is brought into sight. Only within the list, the page stays where it is.
    const current = list.current?.querySelector('[aria-current=page]');
    if (!list.current || !current) return;
    const [around, own] = [list.current.getBoundingClientRect(), current.getBoundingClientRect()];
    if (own.top < around.top || own.bottom > around.bottom) {
      list.current.scrollTop += own.top - around.top - (around.height - own.height) / 2;
    }
  }, [path]);
  return (
    <nav className={classes.nav} aria-label="Main" ref={list}>
      {visibleNavigation(permissions).map((group) => (
        <div key={group.label} className={classes.group}>
          <div className={classes.groupLabel} id={`${id}-${group.label}`}>
            {group.label}
          </div>
          <ul className={classes.list} aria-labelledby={`${id}-${group.label}`}>
            {group.items.map((item) => (
              <li key={item.href}>
                <Item item={item} path={path} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
