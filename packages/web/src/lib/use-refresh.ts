import { useQueryClient } from '@tanstack/react-query';
import type { Operation } from '@trunkline/contract/operation';
import { useEffect, useRef } from 'react';
import { invalidateOperations } from './api.ts';
import { useLiveState } from './live.ts';

/** How often it is asked again, ms. */
const every = 3000;

/**
 * Reads operations again and again while `needed`: for what changes without a live message, such as the deliveries
 * that a paused webhook holds. Not while live updates are paused or nobody sees the page.
 */
export function useRefresh(needed: boolean, operations: readonly Operation[]): void {
  const client = useQueryClient();
  const { paused } = useLiveState();
  const latest = useRef(operations);
  useEffect(() => {
    latest.current = operations;
  });
  useEffect(() => {
    if (!needed || paused) return;
    const timer = setInterval(() => {
      if (!document.hidden) void invalidateOperations(client, [...latest.current]);
    }, every);
    return () => clearInterval(timer);
  }, [client, needed, paused]);
}
