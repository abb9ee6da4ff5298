import { useEffect } from 'react';
import { track } from '../../lib/track.ts';

/** How long a search has to stand before it counts as one, ms. */
const restMs = 1_000;

/** Records how long the words of a search are that came to rest, and how much it found; `found`: null while it loads. */
export function useTrackedSearch(words: string, found: number | null): void {
  useEffect(() => {
    if (words === '' || found === null) return;
    const timer = setTimeout(() => {
      track({
        event: 'catalog_searched',
        properties: { term_length: words.length, results_count: found },
      });
    }, restMs);
    return () => clearTimeout(timer);
  }, [words, found]);
}
