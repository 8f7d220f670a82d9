import { Cron } from 'croner';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { NOTIFICATION_SCHEMAS } from '../../src/notifications/schemas.js';
import { matcher } from './alertQueries.js';
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
const MITIGATING = z.object({ autoMitigate: z.boolean() });
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

  describe('sweepOverdue', () => {
    const hours = [1, 2, 3, 4, 6, 8, 12];
    const queryOf = (everyHours: number) => {
      const deployed = deploy({ alertEmails: ['ops@contoso.example'], sweepEveryHours: everyHours });
      const rule = of(deployed, 'Microsoft.Insights/scheduledQueryRules').find(({ name }) =>
        name.includes('sweepOverdue'),
      );
      const [setting] = deployed.filter(({ name }) => name === 'appsettings');
      const schedule = z.object({ properties: z.object({ AIRLOCK_SWEEP_SCHEDULE: z.string() }) });
      return {
        query: read(QUERYING, rule).criteria.allOf[0].query,
        window: rule?.body['properties'],
        schedule: schedule.parse(setting?.body).properties.AIRLOCK_SWEEP_SCHEDULE,
      };
    };

    it.each(hours)('waits for two intervals of a schedule of every %i hours, within a day', (everyHours) => {
      const { query, window, schedule } = queryOf(everyHours);
      const [first, ...later] = new Cron(schedule, { timezone: 'UTC' }).nextRuns(30, new Date('2026-11-26'));
      const gaps = later.map((at, i) => (at.getTime() - (later[i - 1] ?? first ?? at).getTime()) / 3_600_000);

      expect(new Set(gaps)).toEqual(new Set([everyHours]));
      expect(query).toContain(`< ago(2 * ${everyHours}h)`);
      expect(2 * everyHours).toBeLessThanOrEqual(24);
      expect(window).toMatchObject({ windowSize: 'P1D', evaluationFrequency: 'PT1H' });
    });

    it('counts the ends of scheduled sweeps, as the app logs them, and no others', () => {
      const [, pattern = ''] =
        /maxif\(TimeGenerated, Message matches regex @"([^"]+)"\)/.exec(queryOf(6).query) ?? [];
      const counts = (line: string) => new RegExp(pattern).test(line);

      expect(counts('sweep sweep-202611260615 started by schedule ended: swept')).toBe(true);
      expect(counts('sweep sweep-202611260615 started by schedule ended: interrupted')).toBe(false);
      expect(counts('sweep 1f started by request ended: swept')).toBe(false);
      expect(counts('sweep sweep-202611260615 of 2026-11-26T06:15:00.000Z started')).toBe(false);
    });
  });

  it('end by themselves where what they watch has an end, and are raised anew where each is a case of its own', () => {
    const mitigates = (type: string) =>
      Object.fromEntries(
        of(deployed, type).map((one) => [
          one.name.replace(/^airlock-|-[a-z0-9]{13}$/g, '').replace(/^dead-letters-.*$/, 'dead-letters'),
          read(MITIGATING, one).autoMitigate,
        ]),
      );

    expect(mitigates('Microsoft.Insights/metricAlerts')).toEqual({
      credentialExpiring: false,
      'dead-letters': false,
      debtOutstanding: false,
      runFailed: false,
    });
    expect(mitigates('Microsoft.Insights/scheduledQueryRules')).toEqual({
      callRefused: true,
      configurationInvalid: true,
      eventsUnsent: true,
      sweepOverdue: true,
      unexpectedFailure: true,
    });
  });

  it('are none without an address', () => {
    expect(
      deploy().filter(({ type }) => type.startsWith('Microsoft.Insights/') && !type.endsWith('components')),
    ).toEqual([]);
  });
});
