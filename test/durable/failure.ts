/** What is needed to understand a scenario that failed, in one file. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { projectFile } from '../../local/project.js';
import type { ScenarioContext } from './scenarios/context.js';

/** Writes the histories of all instances, the logs of both processes and the ledger; gives the file's path. */
export async function writeFailure(
  name: string,
  why: string,
  context: ScenarioContext,
  log: readonly string[],
): Promise<string> {
  const folder = projectFile('build', 'durable');
  mkdirSync(folder, { recursive: true });
  const file = projectFile('build', 'durable', `${name.replace(/\W+/g, '-')}.txt`);
  const parts: [string, unknown][] = [
    ['why', why],
    ['instances', await attempt(() => histories(context))],
    ['runs', await attempt(() => context.runs())],
    ['ledger', await attempt(() => context.client.ledger())],
    ['log', log.join('\n')],
  ];
  const text = parts.map(
    ([title, part]) => `== ${title} ==\n${typeof part === 'string' ? part : lines(part)}\n`,
  );
  writeFileSync(file, text.join('\n'));
  return file;
}

/** As `getStatus` with `showHistory` gives them. */
async function histories(context: ScenarioContext): Promise<unknown[]> {
  const { functions, systemKey } = context.cloud.ready;
  const { instances } = await context.stats();
  return Promise.all(
    instances.map(async ({ instanceId }) => {
      const path = `/runtime/webhooks/durabletask/instances/${encodeURIComponent(instanceId)}`;
      const query = `showHistory=true&showHistoryOutput=true&showInput=true&code=${systemKey}`;
      return (await fetch(new URL(`${path}?${query}`, functions))).json();
    }),
  );
}

/** A cloud that has ended has nothing to tell. */
async function attempt(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (error) {
    return String(error);
  }
}

function lines(part: unknown): string {
  return Array.isArray(part)
    ? part.map((one) => JSON.stringify(one)).join('\n')
    : JSON.stringify(part, null, 1);
}
