import { Skeleton } from '@mantine/core';
import { Card } from '../../components/Card.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import type { ApiError } from '../../lib/api-error.ts';

export interface CardToComeProps {
  title: string;
  description: string;
  query: { error: ApiError | null; refetch: () => unknown };
  /** Of what will stand there, px. */
  height: number;
}

/** A card whose contents are not there yet, or could not be read: it keeps its place, and says so. */
export function CardToCome({ title, description, query: { error, refetch }, height }: CardToComeProps) {
  return (
    <Card title={title} description={description} flush={error !== null}>
      {error === null ? (
        <Skeleton height={height} aria-busy />
      ) : (
        <ErrorState error={error} onRetry={() => void refetch()} />
      )}
    </Card>
  );
}
