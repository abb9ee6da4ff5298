import { ErrorState } from '../components/ErrorState.tsx';
import { toApiError } from '../lib/api-error.ts';

/** What is shown when a page cannot be built at all, e.g. while the server is away. */
export function RootError({ error }: { error: unknown }) {
  return (
    <main>
      <h1 className="visually-hidden">Something went wrong</h1>
      <ErrorState
        error={toApiError(error)}
        title="This page could not be shown"
        onRetry={() => window.location.reload()}
      />
    </main>
  );
}
