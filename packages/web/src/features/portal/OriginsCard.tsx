import { Button, Skeleton } from '@mantine/core';
import { getPortalSettings } from '@trunkline/contract/portal';
import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { useOperation } from '../../lib/api.ts';
import { OriginsDialog } from './OriginsDialog.tsx';
import classes from './PortalPage.module.css';

/** Which pages may show the portal. */
export function OriginsCard() {
  const { data, error, refetch } = useOperation(getPortalSettings, {});
  const [editing, setEditing] = useState(false);
  return (
    <Card
      title="Allowed origins"
      description="Only pages of these origins may show the portal; browsers refuse it everywhere else."
      actions={
        data && (
          <LockedAction
            permission="portal.settings"
            reason="Only a system administrator allows pages to show the portal."
          >
            <Button variant="default" leftSection={<Pencil aria-hidden />} onClick={() => setEditing(true)}>
              Change
            </Button>
          </LockedAction>
        )
      }
    >
      {data ? (
        data.origins.length === 0 ? (
          <Notice tone="disabled" title="The portal is switched off">
            Allow the origin of your product, such as https://app.example.com, and it can be shown there.
          </Notice>
        ) : (
          <ul className={classes.origins}>
            {data.origins.map((origin) => (
              <li key={origin} className="mono">
                {origin}
              </li>
            ))}
          </ul>
        )
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton height={44} />
      )}
      {editing && data && <OriginsDialog origins={data.origins} onClose={() => setEditing(false)} />}
    </Card>
  );
}
