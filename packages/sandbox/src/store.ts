/** Something that was sent to a provider or made there. */
export interface StoredItem {
  kind: string;
  id: string;
  /** Milliseconds since the epoch. */
  at: number;
  data: Record<string, unknown>;
  /** Content that is not shown, such as that of a file. */
  bytes?: Buffer;
}

/** What a simulated provider keeps, in memory. */
export interface Store {
  put(item: Omit<StoredItem, 'at'>): StoredItem;
  find(kind: string, id: string): StoredItem | undefined;
  remove(kind: string, id: string): boolean;
  /** In the order in which they were first put; all kinds when none is named. */
  list(kind?: string): StoredItem[];
  /** A number that was not given before, from 1. */
  next(): number;
}

const kept = 1000;

/** An empty store. Past a thousand things the oldest go. */
export function createStore(clock: () => number): Store {
  const items = new Map<string, StoredItem>();
  let last = 0;
  const keyOf = (kind: string, id: string) => `${kind}\n${id}`;
  return {
    put(item) {
      const stored = { ...item, at: clock() };
      items.set(keyOf(item.kind, item.id), stored);
      const [oldest] = items.keys();
      if (items.size > kept && oldest !== undefined) items.delete(oldest);
      return stored;
    },
    find: (kind, id) => items.get(keyOf(kind, id)),
    remove: (kind, id) => items.delete(keyOf(kind, id)),
    list: (kind) => [...items.values()].filter((item) => kind === undefined || item.kind === kind),
    next: () => (last += 1),
  };
}
