const everyMs = 15;

/**
 * Runs a check again and again until it does not throw, and gives what it returned. For conditions that nothing
 * announces; rethrows the last failure when the bound passes.
 */
export async function eventually<T>(check: () => T | Promise<T>, withinMs = 15_000): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
