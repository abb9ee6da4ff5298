/** How long an organization's lines are kept unless it says otherwise, in days. */
export const defaultLogRetentionDays = 30;
