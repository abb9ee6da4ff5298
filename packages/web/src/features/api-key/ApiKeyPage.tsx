import { PageHeader } from '../../components/PageHeader.tsx';

export function ApiKeyPage() {
  return <PageHeader title="API key" live />;
}
