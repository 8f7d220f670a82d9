import type { Activities } from '../domain/activities/activities.js';
import { airflowOf } from './airflowOf.js';
import type { ActivityDeps } from './deps.js';

type Activity = Activities['countTasks'];

/** How many task instances run or wait for a worker in the whole Airflow. Changes nothing. */
export async function countTasks(target: Activity['input'], deps: ActivityDeps): Promise<Activity['output']> {
  const reached = await airflowOf(target, deps);
  if (reached.kind !== 'reached') return reached;
  const health = await reached.api.health();
  if (health.kind === 'notYet') return { kind: 'retry', message: health.message };
  if (health.kind !== 'healthy') return health;
  return reached.api.activeTasks(health.api);
}
