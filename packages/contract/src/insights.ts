import { z } from 'zod';
import { Timestamp } from './common.ts';
import { insightAnswerNames } from './insight-answers.ts';
import { defineOperation } from './operation.ts';
import { Tracking } from './tracking.ts';

const tag = 'Insights';

export const insightRanges = ['7d', '30d', '90d'] as const;
export const insightGroups = ['operational', 'experience', 'business', 'security'] as const;
export type InsightGroup = (typeof insightGroups)[number];

export const InsightColumn = z.object({
  label: z.string(),
  kind: z
    .enum(['text', 'count', 'percent', 'ms', 'time', 'decimal'])
    .describe('`percent` from 0 to 100, `ms` in milliseconds, `time` as RFC 3339.'),
});
export type InsightColumn = z.infer<typeof InsightColumn>;

export const InsightAnswer = z.object({
  name: z.enum(insightAnswerNames),
  title: z.string(),
  questions: z.array(z.string()),
  columns: z.array(InsightColumn),
  bar: z.number().int().nullable().describe('Index of the column that a chart shows.'),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))).describe('A cell for every column.'),
  said: z.string().nullable().describe('The answer in a sentence.'),
  needs: z.string().describe('What has to happen before there is an answer.'),
});
export type InsightAnswer = z.infer<typeof InsightAnswer>;

const Range = z.enum(insightRanges).default('30d');

export const getInsights = defineOperation({
  name: 'getInsights',
  procedure: 'insights.getInsights',
  kind: 'query',
  tag,
  summary: 'Answers about how the product is used',
  description: 'Each answer is a small table with the question that it is for.',
  permission: 'insights.read',
  people: true,
  input: z.object({ group: z.enum(insightGroups).default('operational'), range: Range }),
  output: z.object({
    since: Timestamp,
    until: Timestamp,
    tracking: Tracking,
    answers: z.array(InsightAnswer),
  }),
  rest: [{ method: 'GET', path: '/api/v1/insights' }],
});

export const exportInsight = defineOperation({
  name: 'exportInsight',
  procedure: 'insights.exportInsight',
  kind: 'mutation',
  tag,
  summary: 'One answer as a CSV file',
  permission: 'insights.read',
  people: true,
  input: z.object({ answer: z.enum(insightAnswerNames), range: Range }),
  output: z.object({
    name: z.string().meta({ example: 'adoption-2026-11-01-2026-11-30.csv' }),
    contentType: z.string(),
    content: z.string().describe('In base64.'),
  }),
  rest: [{ method: 'POST', path: '/api/v1/insights/export' }],
});
