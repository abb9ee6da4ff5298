import { PageHeader } from '../../components/PageHeader.tsx';

export function WebhookFormPage() {
  return <PageHeader title="New webhook" live />;
}
