import { useQueryClient } from '@tanstack/react-query';
import type { Integration } from '@trunkline/contract/integrations';
import { Toggle } from '../../components/Toggle.tsx';
import { track } from '../../lib/track.ts';
import { switchIntegration } from './integration-cache.ts';
import { lockedReasons } from './reasons.ts';

export interface IntegrationToggleProps {
  integration: Pick<Integration, 'id' | 'name' | 'enabled' | 'status'>;
  withLabel?: boolean;
}

/** Switches an integration on and off at once. */
export function IntegrationToggle({ integration, withLabel }: IntegrationToggleProps) {
  const client = useQueryClient();
  return (
    <Toggle
      label={withLabel ? 'On' : `${integration.name} on`}
      withLabel={withLabel ?? false}
      checked={integration.enabled}
      onChange={(on) => {
        track({
          event: 'integration_status_reviewed',
          properties: { status_type: integration.status, action_taken: 'switched' },
        });
        return switchIntegration(client, integration.id, on);
      }}
      permission="integration.write"
      lockedReason={lockedReasons.write}
    />
  );
}
