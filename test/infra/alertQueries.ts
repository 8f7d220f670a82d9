/** The alerts that the templates deploy, as they find what the app tells and logs. */
import { z } from 'zod';
import { type Deployed, deploy } from './evaluate/deploy.js';
import { of, read } from './evaluate/look.js';

const QUERYING = z.object({ criteria: z.object({ allOf: z.tuple([z.object({ query: z.string() })]) }) });
const FILTERING = z.object({ filter: z.object({ includedEventTypes: z.array(z.string()).min(1) }) });

/** By the name of an alert that reads the log, whether it finds a line. */
export function logAlerts(deployed: readonly Deployed[]): ReadonlyMap<string, (line: string) => boolean> {
  return new Map(
    of(deployed, 'Microsoft.Insights/scheduledQueryRules')
      .map((rule) => [nameOf(rule.name), read(QUERYING, rule).criteria.allOf[0].query] as const)
      .filter(([, query]) => !query.includes('summarize'))
      .map(([name, query]) => [name, matcher(query)]),
  );
}

/** By the name of an alert that counts events, their types. */
export function eventAlerts(deployed: readonly Deployed[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    of(deployed, 'Microsoft.EventGrid/topics/eventSubscriptions').map((one) => [
      one.name,
      read(FILTERING, one).filter.includedEventTypes,
    ]),
  );
}

/** The templates with alerts, with a topic for the app's events or without. */
export function withAlerts(customTopic: boolean): readonly Deployed[] {
  return deploy({ alertEmails: ['ops@contoso.example'], customTopic });
}

function nameOf(rule: string): string {
  return rule.replace(/^airlock-|-[a-z0-9]{13}$/g, '');
}

/** `AppTraces | where Message <operator> "<text>"`, as Log Analytics reads it. */
export function matcher(query: string): (line: string) => boolean {
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
