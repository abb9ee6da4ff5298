/**
 * Days in a row without a success after which an active webhook is told of (`webhook.failing`), and after which it is
 * disabled (WH-7). The notice comes before the end by at least the days between the two.
 */
export const failingDays = { notice: 3, disable: 5 } as const;
