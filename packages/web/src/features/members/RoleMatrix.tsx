import type { ActorKind } from '@trunkline/contract/permissions';
import { Check, Minus } from 'lucide-react';
import { Fragment } from 'react';
import { roleNames } from '../../lib/session.ts';
import { roleMatrix } from './role-words.ts';
import classes from './RoleMatrix.module.css';

const columns: { kind: ActorKind; label: string; short: string }[] = [
  { kind: 'system_admin', label: roleNames.system_admin, short: 'System' },
  { kind: 'utility_admin', label: roleNames.utility_admin, short: 'Utility' },
  { kind: 'viewer', label: roleNames.viewer, short: 'Viewer' },
  { kind: 'api_key', label: 'API key', short: 'API key' },
];

/** Who may do what, read from the table that the server applies. */
export function RoleMatrix() {
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label="What each role may do">
      <table className={classes.table}>
        <caption className="visually-hidden">What each role may do</caption>
        <thead>
          <tr>
            <th scope="col">Act</th>
            {columns.map(({ kind, label, short }) => (
              <th key={kind} scope="col">
                <span className={classes.long}>{label}</span>
                <span className={classes.short}>{short}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {roleMatrix().map(({ area, rows }) => (
            <Fragment key={area}>
              <tr className={classes.area}>
                <th scope="colgroup" colSpan={columns.length + 1}>
                  {area}
                </th>
              </tr>
              {rows.map(({ permission, act, allowed }) => (
                <tr key={permission}>
                  <th scope="row">{act}</th>
                  {columns.map(({ kind }) => (
                    <td key={kind} data-allowed={allowed[kind]}>
                      {allowed[kind] ? <Check size={16} aria-hidden /> : <Minus size={14} aria-hidden />}
                      <span className="visually-hidden">{allowed[kind] ? 'Yes' : 'No'}</span>
                    </td>
                  ))}
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}
