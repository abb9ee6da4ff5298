import { Button } from '@mantine/core';
import { Compass } from 'lucide-react';
import { EmptyState } from '../components/EmptyState.tsx';

/** An address that leads nowhere. */
export function NotFoundPage() {
  return (
    <main>
      <h1 className="visually-hidden">Page not found</h1>
      <EmptyState
        icon={Compass}
        title="There is no page at this address"
        actions={
          <Button component="a" href="/" variant="default">
            Go to the integrations
          </Button>
        }
      >
        It may have been moved, or what it showed was deleted.
      </EmptyState>
    </main>
  );
}
