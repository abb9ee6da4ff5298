/** From what only a search needs to what somebody must look at. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Which part of the product wrote a line. */
export const logSources = ['check', 'oauth', 'action', 'delivery', 'inbound', 'system'] as const;
export type LogSource = (typeof logSources)[number];
