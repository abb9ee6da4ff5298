import { getPortalSettings } from '@trunkline/contract/portal';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { CodeBlock } from '../../components/CodeBlock.tsx';
import { SegmentedTabs } from '../../components/SegmentedTabs.tsx';
import { useOperation } from '../../lib/api.ts';
import { embedSnippets } from './snippets.ts';

/** How a product puts the portal in. */
export function EmbedCard() {
  const { data } = useOperation(getPortalSettings, {});
  const [step, setStep] = useState('server');
  if (!data) return null;
  return (
    <Card
      flush
      title="Put it into your product"
      description="Your back end makes a token with an API key of the scope “portal”; the component does the rest."
    >
      <SegmentedTabs
        label="Steps"
        value={step}
        onChange={setStep}
        tabs={embedSnippets(window.location.origin).map(({ value, label, code }) => ({
          value,
          label,
          content: <CodeBlock label={label} value={code} />,
        }))}
      />
    </Card>
  );
}
