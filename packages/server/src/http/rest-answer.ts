export interface RestAnswer {
  status: 200 | 201 | 202 | 204;
  /** JSON. */
  body: string;
  /** Stored by an earlier request with the same idempotency key. */
  replayed?: boolean;
}
