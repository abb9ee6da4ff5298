import {
  keepPreviousData,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { QueryClient, UseMutationResult, UseQueryResult } from '@tanstack/react-query';
import { createTRPCUntypedClient, httpBatchLink } from '@trpc/client';
import type { InputOf, Operation, OutputOf } from '@trunkline/contract/operation';
import { useEffect, useRef, useState } from 'react';
import { ApiError, toApiError } from './api-error.ts';
import { frameHeaders, isFramed } from './frame.ts';
import { readNextPage } from './next-page.ts';
import { askForReauthentication } from './reauthentication.ts';

const client = createTRPCUntypedClient({
  links: [
    httpBatchLink({
      url: '/api/trpc',
      maxURLLength: 4000,
      maxItems: 20,
      headers: frameHeaders,
      // A frame's session stands alone: a cookie of somebody who is signed in here, too, is left where it is.
      ...(isFramed
        ? {
            fetch: (url: RequestInfo | URL | string, init?: object) =>
              fetch(url, { ...init, credentials: 'omit' }),
          }
        : {}),
    }),
  ],
});

let signedOutHandler: () => void = () => {};

/** Says what happens when a call finds that the session has ended; set once by the router. */
export function onSignedOut(handler: () => void): void {
  signedOutHandler = handler;
}

async function send(operation: Operation, input: unknown, signal?: AbortSignal): Promise<unknown> {
  try {
    const options = signal ? { signal } : {};
    return operation.kind === 'query'
      ? await client.query(operation.procedure, input, options)
      : await client.mutation(operation.procedure, input, options);
  } catch (thrown) {
    throw toApiError(thrown);
  }
}

/**
 * Calls an operation. A call that needs a fresh authentication opens the password dialog and is then sent
 * again, so the caller sees one promise.
 * @throws ApiError; code `reauthentication_required` when the dialog was closed without confirming.
 */
export async function callOperation<Op extends Operation>(
  operation: Op,
  input: InputOf<Op>,
  options: { signal?: AbortSignal } = {},
): Promise<OutputOf<Op>> {
  try {
    return (await send(operation, input, options.signal)) as OutputOf<Op>;
  } catch (thrown) {
    const error = toApiError(thrown);
    if (error.code === 'reauthentication_required') {
      if (await askForReauthentication()) {
        return (await send(operation, input, options.signal)) as OutputOf<Op>;
      }
      throw new ApiError({
        code: 'reauthentication_required',
        detail: 'Nothing was changed: it was not confirmed that it is you.',
        requestId: error.requestId,
      });
    }
    if (error.code === 'unauthenticated') signedOutHandler();
    throw error;
  }
}

/** Query key of an operation: `[name, input]`; `[name]` alone matches every input. */
export function operationKey<Op extends Operation>(operation: Op, input?: InputOf<Op>): unknown[] {
  return input === undefined ? [operation.name] : [operation.name, input];
}

/** Options for `queryClient.ensureQueryData` and `useQuery`. */
export function operationQuery<Op extends Operation>(operation: Op, input: InputOf<Op>) {
  return queryOptions<OutputOf<Op>, ApiError>({
    queryKey: operationKey(operation, input),
    queryFn: ({ signal }) => callOperation(operation, input, { signal }),
  });
}

export interface OperationOptions {
  enabled?: boolean;
  /** Shows the last rows while another input loads (filters). */
  keepPrevious?: boolean;
  refetchInterval?: number | false;
  staleTime?: number;
  refetchOnWindowFocus?: boolean;
}

/** Reads a query operation; live messages of its topics refetch it (`live-topics.ts`). */
export function useOperation<Op extends Operation>(
  operation: Op,
  input: InputOf<Op>,
  options: OperationOptions = {},
): UseQueryResult<OutputOf<Op>, ApiError> {
  const { keepPrevious, ...rest } = options;
  return useQuery<OutputOf<Op>, ApiError>({
    ...operationQuery(operation, input),
    ...(keepPrevious ? { placeholderData: keepPreviousData } : {}),
    ...rest,
  });
}

interface Page<Row> {
  data: Row[];
  nextCursor: string | null;
}
type RowOf<Op> = OutputOf<Op> extends Page<infer Row> ? Row : never;

/** What `usePagedOperation` gives: all rows loaded so far and how to load more. */
export interface PagedResult<Op> {
  rows: RowOf<Op>[];
  /** The first page, for fields beside the rows such as `total`; undefined until it is there. */
  first: OutputOf<Op> | undefined;
  isPending: boolean;
  isFetching: boolean;
  /** The rows are those of the input before, which stay until this one's are there (`keepPrevious`). */
  isPrevious: boolean;
  error: ApiError | null;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore: () => void;
  refetch: () => void;
}

/** Reads a cursor list (`{ data, nextCursor }`) page by page. `input` is given without `cursor`. */
export function usePagedOperation<Op extends Operation>(
  operation: Op,
  input: InputOf<Op>,
  options: OperationOptions = {},
): PagedResult<Op> {
  const { keepPrevious, ...rest } = options;
  const query = useInfiniteQuery({
    queryKey: [operation.name, input, 'pages'],
    queryFn: ({ pageParam, signal }) =>
      callOperation(
        operation,
        (pageParam === null ? input : { ...(input as object), cursor: pageParam }) as InputOf<Op>,
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last: OutputOf<Op>) => (last as Page<unknown>).nextCursor,
    ...(keepPrevious ? { placeholderData: keepPreviousData } : {}),
    ...rest,
  });
  const pages = query.data?.pages ?? [];
  // What the list was that more was asked of; another one begins with its first page.
  const list = JSON.stringify([operation.name, input]);
  const shown = useRef<string | null>(null);
  useEffect(() => {
    shown.current = list;
    return () => {
      shown.current = null;
    };
  }, [list]);
  const [asked, setAsked] = useState<string | null>(null);
  const loadMore = async (): Promise<void> => {
    setAsked(list);
    const read = async () => {
      // A reading that is under way is waited for: ending it would lose the change that it is about.
      const { data, isError } = await query.fetchNextPage({ cancelRefetch: false });
      return { pages: data?.pages.length ?? 0, failed: isError };
    };
    await readNextPage(pages.length, read, () => shown.current === list);
    setAsked((now) => (now === list ? null : now));
  };
  return {
    rows: pages.flatMap((page) => (page as Page<RowOf<Op>>).data),
    first: pages[0],
    isPending: query.isPending,
    isFetching: query.isFetching,
    isPrevious: query.isPlaceholderData,
    error: query.error === null ? null : toApiError(query.error),
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage || asked === list,
    loadMore: () => void loadMore(),
    refetch: () => void query.refetch(),
  };
}

/** Marks the results of these operations stale, whatever their input, and refetches what is on screen. */
export function invalidateOperations(queryClient: QueryClient, operations: Operation[]): Promise<void> {
  const names = new Set(operations.map((operation) => operation.name));
  return queryClient.invalidateQueries({ predicate: (query) => names.has(String(query.queryKey[0])) });
}

export interface MutationOptions<Op extends Operation> {
  /** Queries to refetch after a success, whatever their input. */
  invalidates?: Operation[];
  onSuccess?: (output: OutputOf<Op>, input: InputOf<Op>) => void;
  onError?: (error: ApiError, input: InputOf<Op>) => void;
}

/** Runs a mutation operation: `const save = useOperationMutation(op); save.mutate(input)`. */
export function useOperationMutation<Op extends Operation>(
  operation: Op,
  options: MutationOptions<Op> = {},
): UseMutationResult<OutputOf<Op>, ApiError, InputOf<Op>> {
  const queryClient = useQueryClient();
  return useMutation<OutputOf<Op>, ApiError, InputOf<Op>>({
    mutationKey: [operation.name],
    mutationFn: (input) => callOperation(operation, input),
    onSuccess: (output, input) => {
      if (options.invalidates) void invalidateOperations(queryClient, options.invalidates);
      options.onSuccess?.(output, input);
    },
    onError: (error, input) => options.onError?.(error, input),
  });
}
