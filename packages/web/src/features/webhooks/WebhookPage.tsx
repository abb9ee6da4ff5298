import { PageHeader } from '../../components/PageHeader.tsx';

export function WebhookPage() {
  return <PageHeader title="Webhook" live />;
}
