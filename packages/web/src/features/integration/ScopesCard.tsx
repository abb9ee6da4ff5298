import { Button, Checkbox } from '@mantine/core';
import type { GrantedScope, OAuthStatus } from '@trunkline/contract/oauth';
import { CircleCheck, CircleMinus, ShieldPlus } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Card } from '../../components/Card.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Stack } from '../../components/Stack.tsx';
import { countOf } from '../../lib/format.ts';
import { useCan } from '../../lib/session.ts';
import { lockedReasons } from '../integrations/reasons.ts';
import classes from './IntegrationPage.module.css';

function Words({
  scope: { means, scope, required },
  children,
}: {
  scope: GrantedScope;
  children?: ReactNode;
}) {
  return (
    <>
      <span className={classes.means}>{means}</span>
      <span className={classes.scope}>
        {means !== scope && <span className="mono">{scope}</span>}
        {required && ' · needed'}
      </span>
      {children}
    </>
  );
}

function Granted({ scope }: { scope: GrantedScope }) {
  const Icon = scope.granted ? CircleCheck : CircleMinus;
  return (
    <li {...(scope.granted ? { 'data-granted': true } : {})}>
      <Icon size={16} aria-hidden />
      <span className={classes.scopeWords}>
        <Words scope={scope} />
      </span>
      <span className={classes.state}>{scope.granted ? 'Granted' : 'Not granted'}</span>
    </li>
  );
}

interface ChoiceProps {
  missing: readonly GrantedScope[];
  provider: string;
  onAsk: (scopes: readonly string[]) => void;
  onCancel: () => void;
}

function Choice({ missing, provider, onAsk, onCancel }: ChoiceProps) {
  const form = useRef<HTMLFormElement>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    new Set(missing.filter(({ required }) => required).map(({ scope }) => scope)),
  );
  useEffect(() => form.current?.querySelector<HTMLElement>('input')?.focus(), []);

  function toggle(scope: string, on: boolean): void {
    const next = new Set(chosen);
    if (on) next.add(scope);
    else next.delete(scope);
    setChosen(next);
  }

  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen.size > 0) onAsk([...chosen]);
      }}
    >
      <Stack gap={12}>
        <p className={classes.text}>
          Tick what to ask for. You are sent to {provider}, where you allow it; what is granted already stays.
        </p>
        <fieldset className={classes.bare}>
          <legend className="visually-hidden">Permissions to ask for</legend>
          <Stack gap={12}>
            {missing.map((each) => (
              <Checkbox
                key={each.scope}
                label={<Words scope={each} />}
                checked={chosen.has(each.scope)}
                onChange={(event) => toggle(each.scope, event.currentTarget.checked)}
              />
            ))}
          </Stack>
        </fieldset>
        <div className={classes.actions}>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" disabled={chosen.size === 0}>
            {chosen.size === 0
              ? 'Ask for permissions'
              : `Ask for ${countOf(chosen.size, 'permission', 'permissions')}`}
          </Button>
        </div>
      </Stack>
    </form>
  );
}

export interface ScopesCardProps {
  status: OAuthStatus;
  provider: string;
  /** More are being chosen. */
  choosing: boolean;
  onChoosing: (choosing: boolean) => void;
  onAsk: (scopes: readonly string[]) => void;
}

/** What was granted and what was not, in plain words, and the way to ask for more (OAUTH-4). */
export function ScopesCard({ status, provider, choosing, onChoosing, onAsk }: ScopesCardProps) {
  const may = useCan('integration.write');
  const missing = status.scopes.filter(({ granted }) => !granted);
  const granted = status.scopes.length - missing.length;
  const byPerson = status.grant === 'authorization_code';
  // What has ended is connected again first, which may ask for everything.
  const askable = byPerson && status.connected && !status.needsReauthentication && missing.length > 0;
  const open = choosing && may && askable;
  const shown = open ? status.scopes.filter((scope) => scope.granted) : status.scopes;
  return (
    <Card
      title="Permissions"
      description={
        status.scopes.length === 0
          ? `${provider} knows no single permissions: the connection may do what its account may.`
          : `${granted} of ${countOf(status.scopes.length, 'permission', 'permissions')} granted.`
      }
    >
      <Stack>
        {shown.length > 0 && (
          <ul className={classes.scopes} aria-label="Permissions">
            {shown.map((scope) => (
              <Granted key={scope.scope} scope={scope} />
            ))}
          </ul>
        )}
        {open && (
          <section className={classes.section} aria-label="Request additional permissions">
            <h3 className={classes.heading}>Request additional permissions</h3>
            <Choice missing={missing} provider={provider} onAsk={onAsk} onCancel={() => onChoosing(false)} />
          </section>
        )}
        {!open && askable && (
          <div>
            <LockedAction permission="integration.write" reason={lockedReasons.write}>
              <Button
                variant="default"
                leftSection={<ShieldPlus aria-hidden />}
                onClick={() => onChoosing(true)}
              >
                Request additional permissions
              </Button>
            </LockedAction>
          </div>
        )}
      </Stack>
    </Card>
  );
}
