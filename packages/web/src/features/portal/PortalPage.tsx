import { PageHeader } from '../../components/PageHeader.tsx';
import { Stack } from '../../components/Stack.tsx';
import { EmbedCard } from './EmbedCard.tsx';
import { OriginsCard } from './OriginsCard.tsx';
import { TokensCard } from './TokensCard.tsx';

/** `/portal`: this page inside a product's own admin: where it may be shown, who has it open, and how it is put in (APIS-4). */
export function PortalPage() {
  return (
    <>
      <PageHeader
        title="Portal"
        subtitle="Show webhooks and integrations to your customers, inside your own product."
        live
      />
      <Stack>
        <OriginsCard />
        <TokensCard />
        <EmbedCard />
      </Stack>
    </>
  );
}
