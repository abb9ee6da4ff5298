import type { Page } from '@playwright/test';

export interface TrpcAnswer {
  status: number;
  /** Error code of the product's problem document; undefined for a success. */
  code: string | undefined;
  data: unknown;
}

interface TrpcBody {
  result?: { data: unknown };
  error?: { data?: { problem?: { code: string } } };
}

/** Calls a mutation with the page's session, past the user interface. */
export async function mutate(page: Page, procedure: string, input: object): Promise<TrpcAnswer> {
  const response = await page.context().request.post(`/api/trpc/${procedure}`, { data: input });
  const body = (await response.json()) as TrpcBody;
  return { status: response.status(), code: body.error?.data?.problem?.code, data: body.result?.data };
}
