import { Checkbox } from '@mantine/core';
import type { ProviderConnection } from '@trunkline/contract/catalog';
import { Check, Lock } from 'lucide-react';
import classes from './connect.module.css';

export interface PermissionListProps {
  connection: ProviderConnection;
  /** Scopes that are ticked; the required ones are always asked for. */
  chosen: ReadonlySet<string>;
  /** Left out: nothing can be chosen any more. */
  onChosen?: (chosen: ReadonlySet<string>) => void;
}

/** What a connection may do, in plain words, with the provider's word beneath (CONN-1). */
export function PermissionList({ connection, chosen, onChosen }: PermissionListProps) {
  const { oauth2, permissions } = connection;
  if (!oauth2 || oauth2.scopes.length === 0) {
    return (
      <ul className={classes.permissions}>
        {permissions.map(({ text }) => (
          <li key={text}>
            <Check size={16} aria-hidden />
            <span className={classes.means}>{text}</span>
          </li>
        ))}
      </ul>
    );
  }

  function toggle(scope: string, on: boolean): void {
    const next = new Set(chosen);
    if (on) next.add(scope);
    else next.delete(scope);
    onChosen?.(next);
  }

  const shown = onChosen
    ? oauth2.scopes
    : oauth2.scopes.filter(({ scope, required }) => required || chosen.has(scope));
  return (
    <ul className={classes.permissions}>
      {shown.map(({ scope, means, required }) =>
        required || !onChosen ? (
          <li key={scope}>
            {required ? <Lock size={16} aria-hidden /> : <Check size={16} aria-hidden />}
            <span>
              <span className={classes.means}>{means}</span>
              <span className={classes.scope}>
                <span className="mono">{scope}</span>
                {required && onChosen && <span>Needed: it does not work without</span>}
              </span>
            </span>
          </li>
        ) : (
          <li key={scope}>
            <Checkbox
              label={
                <>
                  <span className={classes.means}>{means}</span>
                  <span className={classes.scope}>
                    <span className="mono">{scope}</span>
                    <span>Optional</span>
                  </span>
                </>
              }
              checked={chosen.has(scope)}
              onChange={(event) => toggle(scope, event.currentTarget.checked)}
            />
          </li>
        ),
      )}
    </ul>
  );
}
