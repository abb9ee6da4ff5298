import { Button } from '@mantine/core';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import type { OAuthStatus } from '@trunkline/contract/oauth';
import { CircleCheck, CircleX, PlugZap, TriangleAlert, Unplug } from 'lucide-react';
import { Card } from '../../components/Card.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Row, Stack } from '../../components/Stack.tsx';
import { useNow } from '../../lib/clock.ts';
import { isFramed } from '../../lib/frame.ts';
import { lockedReasons } from '../integrations/reasons.ts';
import { expiryWords, refreshWords } from './oauth-words.ts';
import classes from './IntegrationPage.module.css';

export interface ConnectionStatusProps {
  integration: IntegrationDetail;
  status: OAuthStatus;
  onReconnect: () => void;
  onDisconnect: () => void;
}

function stateOf(
  { provider }: IntegrationDetail,
  { connected, needsReauthentication, account }: OAuthStatus,
) {
  if (!connected)
    return { tone: 'degraded', icon: TriangleAlert, words: `Not connected to ${provider.name}` };
  if (needsReauthentication) {
    return { tone: 'error', icon: CircleX, words: `${provider.name} no longer accepts the connection` };
  }
  const words = account ? `Connected as ${account}` : `Connected to ${provider.name}`;
  return { tone: 'active', icon: CircleCheck, words };
}

/** Connected as whom, until when, and that nobody has to think of it (OAUTH-5, US "OAuth Connection"). */
export function ConnectionStatus(props: ConnectionStatusProps) {
  const { integration, status, onReconnect, onDisconnect } = props;
  const now = useNow();
  const { tone, icon: Icon, words } = stateOf(integration, status);
  const byPerson = status.grant === 'authorization_code';
  return (
    <Card title="Connection status">
      <Stack>
        <p className={classes.connected} data-tone={tone} role="status">
          <Icon size={20} aria-hidden /> {words}
        </p>
        <KeyValueList
          items={[
            {
              label: 'Account',
              value: status.needsReauthentication ? status.account : null,
            },
            { label: 'Token expires', value: expiryWords(status, now) },
            { label: 'Auto-refresh', value: refreshWords(status) },
            {
              label: 'Last refresh',
              value: status.connected ? <RelativeTime at={status.lastRefreshAt} empty="Not yet" /> : null,
            },
            {
              label: 'Connects by',
              value: byPerson ? null : 'Client ID and secret, without anybody’s consent',
            },
          ]}
        />
        {byPerson && (
          <Row>
            <LockedAction permission="integration.write" reason={lockedReasons.write}>
              <Button
                {...(status.connected && !status.needsReauthentication ? { variant: 'default' } : {})}
                leftSection={<PlugZap aria-hidden />}
                onClick={onReconnect}
              >
                {status.connected ? 'Reconnect' : 'Connect'}
              </Button>
            </LockedAction>
            {/* It takes a proof of identity, which nobody in a frame can give; there they remove the integration. */}
            {status.connected && !isFramed && (
              <LockedAction permission="integration.disconnect" reason={lockedReasons.disconnect}>
                <Button variant="default" leftSection={<Unplug aria-hidden />} onClick={onDisconnect}>
                  Disconnect
                </Button>
              </LockedAction>
            )}
          </Row>
        )}
      </Stack>
    </Card>
  );
}
