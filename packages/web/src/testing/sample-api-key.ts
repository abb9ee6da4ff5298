/** An organization's API key as the server tells of it. */
export const apiKey = {
  id: '01890000-0000-7000-8000-000000000009',
  keyPreview: 'tl_live_…abcd',
  createdAt: '2026-11-01T10:00:00.000Z',
  createdBy: 'Ann',
  lastUsedAt: null,
  networks: [],
  expiring: [],
};
