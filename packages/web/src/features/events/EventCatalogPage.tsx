import { PageHeader } from '../../components/PageHeader.tsx';

export function EventCatalogPage() {
  return <PageHeader title="Event catalog" live />;
}
