import { Button, Modal } from '@mantine/core';
import type { ProviderDetail } from '@trunkline/contract/catalog';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { listLogs } from '@trunkline/contract/logs';
import { ExternalLink } from 'lucide-react';
import { CodeBlock } from '../../components/CodeBlock.tsx';
import { DialogFooter } from '../../components/DialogFooter.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperation } from '../../lib/api.ts';
import { useCan } from '../../lib/session.ts';
import { supportSummary } from './support-summary.ts';
import classes from './Health.module.css';

export interface SupportDialogProps {
  integration: IntegrationDetail;
  provider: ProviderDetail;
  onClose: () => void;
}

/** Where a provider can be asked, by its right name, and what to tell them (HEALTH-6). */
export function SupportDialog({ integration, provider, onClose }: SupportDialogProps) {
  const logs = useOperation(
    listLogs,
    { integrationId: integration.id, level: ['error', 'warn'], limit: 20 },
    { enabled: useCan('log.read') },
  );
  const lines = logs.data?.data ?? [];
  const line = lines.find(({ details }) => details['requestId'] ?? details['messageId']) ?? lines[0] ?? null;
  const places = [
    { label: 'Documentation', href: provider.docsUrl },
    { label: 'Status page', href: provider.statusPageUrl },
    { label: 'Website', href: provider.website },
  ].filter((place): place is { label: string; href: string } => place.href !== null);
  return (
    <Modal opened onClose={onClose} title={`Contact ${provider.name}`} size="lg">
      <Stack gap={12}>
        <p>
          {places.length === 0
            ? `No address of ${provider.name} is known here. Look into your contract with them.`
            : `No address of their support is known here; these pages lead to it.`}
        </p>
        {places.length > 0 && (
          <div className={classes.buttons}>
            {places.map(({ label, href }) => (
              <Button
                key={label}
                size="xs"
                variant="default"
                component="a"
                href={href}
                target="_blank"
                rel="noreferrer"
                rightSection={<ExternalLink size={12} aria-hidden />}
              >
                {label} of {provider.name}
                <span className="visually-hidden"> (opens in a new tab)</span>
              </Button>
            ))}
          </div>
        )}
        <p>What they will ask first. It holds no credential and nothing that was sent.</p>
        <CodeBlock label="Summary for the support" value={supportSummary(integration, line)} />
      </Stack>
      <DialogFooter>
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
      </DialogFooter>
    </Modal>
  );
}
