/**
 * Records what the durable extension told the app's orchestrators, for the replay test: of each orchestration some
 * executions that ended, one for each course that they took.
 */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { projectFile } from '../../local/project.js';
import type { RecordedExecution } from '../../local/runner/functionsHost.js';
import { guidOf } from '../../local/runner/guid.js';
import type { HistoryEvent } from '../../local/runner/history.js';
import { walk } from '../../local/runner/replay/walk.js';
import { mostEvents } from '../histories.js';
import type { SeenExecution } from './extension/executions.js';
import type { ScenarioContext } from './scenarios/context.js';

const FOLDER = projectFile('test', 'histories');
const MOST_COURSES = 4;

const DAY_MS = 86_400_000;
/** The extension's limits for timers: no recorded one comes near them. */
const TIMERS = { maxShortTimerMs: 6 * DAY_MS, longTimerIntervalMs: 3 * DAY_MS };

/** Every execution of a scenario whose orchestrator ended it. */
export async function recordedIn(context: ScenarioContext): Promise<readonly RecordedExecution[]> {
  const { instances } = await context.stats();
  const all = await Promise.all(
    instances.map(async ({ instanceId }) => (await context.client.history(instanceId)) as SeenExecution[]),
  );
  return all.flat().flatMap((execution) => completed(execution) ?? []);
}

/**
 * The history as it is stored at the end: the orchestrator was told all but the last episode's own decisions. Nothing
 * where the execution goes on, or failed.
 */
function completed({ actions, ...execution }: SeenExecution): RecordedExecution | undefined {
  if (!actions || !execution.end) return undefined;
  const { instanceId, executionId, history } = execution;
  const { decisions, open } = walk({
    history,
    actions,
    instanceId,
    executionId,
    ...TIMERS,
    guid: (eventId) => guidOf(`${executionId}:${eventId}`),
  });
  if (open.length > 0) return undefined;
  const { Timestamp = '' } = history.findLast((event) => event.Timestamp) ?? {};
  const last: HistoryEvent[] = decisions.map((decision) => ({ IsPlayed: false, Timestamp, ...decision }));
  return { ...execution, history: [...history, ...last] };
}

/** Writes a file for each orchestration, in place of those that are there. */
export function writeHistories(executions: readonly RecordedExecution[]): void {
  for (const file of readdirSync(FOLDER)) rmSync(projectFile('test', 'histories', file));
  for (const name of new Set(executions.map((execution) => execution.name))) {
    const kept = courses(
      name,
      executions.filter((execution) => execution.name === name),
    );
    writeFileSync(projectFile('test', 'histories', `${name}.json`), `${JSON.stringify(kept, null, 1)}\n`);
  }
}

/** One execution for each course, the longest first. */
function courses(name: string, executions: readonly RecordedExecution[]): readonly RecordedExecution[] {
  const byCourse = new Map<string, RecordedExecution>();
  for (const execution of executions) {
    const course = execution.history.map((event) => `${event.EventType} ${event.Name ?? ''}`).join();
    if (execution.history.length <= mostEvents(name)) byCourse.set(course, execution);
  }
  return [...byCourse.values()].sort((a, b) => b.history.length - a.history.length).slice(0, MOST_COURSES);
}
