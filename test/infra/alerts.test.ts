import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { NOTIFICATION_SCHEMAS } from '../../src/notifications/schemas.js';
import { deploy } from './evaluate/deploy.js';
import { of, read } from './evaluate/look.js';

const COUNTING = z.object({
  scopes: z.array(z.string()),
  criteria: z.object({
    allOf: z.tuple([
      z.object({
        metricName: z.string(),
        dimensions: z.array(z.object({ name: z.string(), values: z.array(z.string()) })).default([]),
      }),
    ]),
  }),
});
const QUERYING = z.object({ criteria: z.object({ allOf: z.tuple([z.object({ query: z.string() })]) }) });
const FILTERING = z.object({ filter: z.object({ includedEventTypes: z.array(z.string()).min(1) }) });

describe('alerts', () => {
  const deployed = deploy({ alertEmails: ['ops@contoso.example'] });
  const [topic] = of(deployed, 'Microsoft.EventGrid/topics');

  const counting = (metric: string) =>
    of(deployed, 'Microsoft.Insights/metricAlerts')
      .map((one) => read(COUNTING, one))
      .filter(({ criteria }) => criteria.allOf[0].metricName === metric);

  it('count what the app sends to its topic', () => {
    const told = of(deployed, 'Microsoft.EventGrid/topics/eventSubscriptions').map((one) => {
      const { includedEventTypes } = read(FILTERING, one).filter;
      expect(Object.keys(NOTIFICATION_SCHEMAS)).toEqual(expect.arrayContaining(includedEventTypes));
      return one.name;
    });
    const counted = counting('MatchedEventCount').map(({ scopes, criteria }) => {
      expect(scopes).toEqual([topic?.id]);
      return criteria.allOf[0].dimensions[0]?.values[0];
    });

    expect(told.sort()).toEqual(['credentialExpiring', 'debtOutstanding', 'runFailed']);
    expect(counted.sort()).toEqual(told);
  });

  it('watch the dead letters of every source', () => {
    const sources = of(deployed, 'Microsoft.EventGrid/systemTopics').map(({ id }) => id);
    const watched = counting('DeadLetteredCount').flatMap(({ scopes }) => scopes);

    expect(watched.sort()).toEqual(sources.sort());
  });

  it.each([
    [
      'callRefused',
      ['inspectRuntime: refused', 'applySettings: conflict'],
      ['inspectRuntime: found', 'run x: refused it'],
    ],
    ['unexpectedFailure', ['readCheck failed unexpectedly: TypeError at x'], ['readCheck: answered']],
    ['configurationInvalid', ['configuration: airlock.yaml:3: unknown'], ['the configuration: x']],
  ])('%s finds the lines that the app logs, and no others', (name, found, passed) => {
    const [alert] = of(deployed, 'Microsoft.Insights/scheduledQueryRules').filter((one) =>
      one.name.includes(name),
    );
    const looksFor = matcher(read(QUERYING, alert).criteria.allOf[0].query);

    expect(found.filter((line) => !looksFor(line))).toEqual([]);
    expect(passed.filter(looksFor)).toEqual([]);
  });

  it('are none without an address', () => {
    expect(
      deploy().filter(({ type }) => type.startsWith('Microsoft.Insights/') && !type.endsWith('components')),
    ).toEqual([]);
  });
});

/** `AppTraces | where Message <operator> "<text>"`, as Log Analytics reads it. */
function matcher(query: string): (line: string) => boolean {
  const [, operator, text = ''] =
    /^AppTraces \| where Message (matches regex|has|startswith) @?"(.+)"$/.exec(query) ?? [];
  switch (operator) {
    case 'matches regex':
      return (line) => new RegExp(text).test(line);
    case 'has':
      return (line) => line.toLowerCase().includes(text.toLowerCase());
    case 'startswith':
      return (line) => line.toLowerCase().startsWith(text.toLowerCase());
    default:
      throw new Error(`${query} is no query that is known here.`);
  }
}
