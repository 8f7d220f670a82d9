/** What each operation of the REST API does, once its caller is let in. */
import type { Kernel, ServiceRequest, ServiceResponse } from '../../kernel/types.js';
import type { RunningAirflow } from '../types.js';
import type { Route } from './routes.js';
import type { Runs } from './runs.js';
import type { DagRun, RuntimeState } from './state.js';
import {
  type DagView,
  importErrorOf,
  type Page,
  type RestApi,
  type RunView,
  taskIdOf,
  timestamp,
} from './views.js';

/** Lists are cut at this many unless the request says otherwise. */
const PAGE = 100;

export interface AirflowCall {
  readonly kernel: Kernel;
  readonly airflow: RunningAirflow;
  readonly state: RuntimeState;
  readonly runs: Runs;
  readonly route: Route;
  readonly request: ServiceRequest;
  readonly user: string;
  readonly api: RestApi;
}

export function operate(call: AirflowCall): ServiceResponse {
  const { api, route, request, state } = call;
  switch (route.operation) {
    case 'version':
      return api.version();
    case 'config.get':
      return api.refuse({ kind: 'configHidden' });
    case 'dags.list':
      return api.dags(paged(request, dags(call)));
    case 'dags.get':
      return withDag(call, 'get', api.dag);
    case 'dags.update':
      return withDag(call, 'update', (dag) => update(call, dag));
    case 'dagRuns.trigger':
      return trigger(call);
    case 'dagRuns.list':
      return withDag(call, 'get', (dag) => api.runs(paged(request, runsOf(call, dag))));
    case 'dagRuns.get':
      return withRun(call, api.run);
    case 'taskInstances.list':
      if (route.dagId === '~' && route.runId === '~') return active(state);
      return withRun(call, (view) => api.tasks({ items: [view], total: 1 }));
    case 'taskInstances.get':
      return withTask(call, api.task);
    case 'xcomEntries.list':
      return withTask(call, (view) => {
        const items = view.run.returnValue === null ? [] : [view];
        return api.xcoms({ items, total: items.length });
      });
    case 'xcomEntries.get':
      return withTask(call, (view) => {
        const value = route.key === 'return_value' ? view.run.returnValue : null;
        return value === null
          ? api.refuse({ kind: 'noXCom', key: route.key })
          : api.xcom(view, value, request.url.searchParams);
      });
    case 'importErrors.list':
      return api.importErrors(paged(request, importErrors(call)));
    case 'variables.list': {
      const all = Object.entries(state.variables).map(([key, variable]) => ({ key, ...variable }));
      return api.variables(paged(request, all));
    }
    case 'variables.get': {
      const variable = own(state.variables, route.key);
      return variable === undefined
        ? api.refuse({ kind: 'noVariable', key: route.key })
        : api.variable({ key: route.key, ...variable });
    }
    case 'variables.create':
      return createVariable(call);
    default:
      return api.refuse({ kind: 'noRoute' });
  }
}

/** DAGs whose files are there and could be imported. */
function dags({ state, airflow }: AirflowCall): DagView[] {
  return Object.entries(state.dags)
    .filter(([, dag]) => !dag.missing && importErrorOf(dag, airflow.airflowVersion) === null)
    .map(([id, settings]) => ({ id, settings }));
}

function importErrors({ state, airflow }: AirflowCall) {
  return Object.entries(state.dags).flatMap(([id, dag]) => {
    const error = dag.missing ? null : importErrorOf(dag, airflow.airflowVersion);
    if (error === null) return [];
    const trace = [
      'Traceback (most recent call last):',
      '  File "<frozen importlib._bootstrap>", line 241, in _call_with_frames_removed',
      `  File "/opt/airflow/dags/${id}.py", line 2, in <module>`,
      error,
      '',
    ].join('\n');
    return [{ file: `${id}.py`, trace }];
  });
}

function withDag(
  call: AirflowCall,
  on: 'get' | 'update' | 'trigger',
  answer: (dag: DagView) => ServiceResponse,
): ServiceResponse {
  const { dagId } = call.route;
  const dag = dags(call).find(({ id }) => id === dagId);
  return dag === undefined ? call.api.refuse({ kind: 'noDag', dagId, on }) : answer(dag);
}

function runsOf({ state }: AirflowCall, dag: DagView): RunView[] {
  return state.runs.filter(({ dagId }) => dagId === dag.id).map((run) => ({ run, dag }));
}

/** A run stays when its DAG's file goes. */
function withRun(call: AirflowCall, answer: (view: RunView) => ServiceResponse): ServiceResponse {
  const { api, route, state } = call;
  const { dagId, runId } = route;
  const run = state.runs.find((one) => one.dagId === dagId && one.id === runId);
  const settings = own(state.dags, dagId);
  if (run === undefined || settings === undefined) return api.refuse({ kind: 'noRun', dagId, runId });
  return answer({ run, dag: { id: dagId, settings } });
}

function withTask(call: AirflowCall, answer: (view: RunView) => ServiceResponse): ServiceResponse {
  return withRun(call, (view) =>
    call.route.taskId === taskIdOf(view.dag)
      ? answer(view)
      : call.api.refuse({ kind: 'noTask', ...call.route }),
  );
}

function update(call: AirflowCall, dag: DagView): ServiceResponse {
  const { api, request, kernel, runs, airflow, state } = call;
  const body = api.json(request.body, request.headers['content-type']);
  if ('refused' in body) return body.refused;
  const paused = api.paused(body.value);
  if (typeof paused !== 'boolean') return paused.refused;
  const wasPaused = dag.settings.paused;
  dag.settings.paused = paused;
  kernel.changed();
  if (wasPaused && !paused && dag.settings.file === 'tutorial') startScheduled(call, dag);
  runs.wake(airflow.resourceId);
  return api.dag({ id: dag.id, settings: state.dags[dag.id] ?? dag.settings });
}

/** Without catch-up, a DAG with a schedule that is unpaused starts a run for the latest interval. */
function startScheduled({ kernel, runs, airflow }: AirflowCall, dag: DagView): void {
  const logicalDate = timestamp(kernel.clock.now() - 24 * 3600 * 1000, '+00:00');
  runs.add(airflow.resourceId, {
    id: `scheduled__${logicalDate}`,
    dagId: dag.id,
    runType: 'scheduled',
    conf: {},
    note: null,
    logicalDate,
    triggeredBy: '',
  });
}

function trigger(call: AirflowCall): ServiceResponse {
  const { api, request, runs, airflow, state, kernel, user } = call;
  const body = api.json(request.body, request.headers['content-type']);
  if ('refused' in body) return body.refused;
  const given = api.newRun(body.value);
  if ('refused' in given) return given.refused;
  return withDag(call, 'trigger', (dag) => {
    const id = given.id ?? `manual__${timestamp(kernel.clock.now(), '+00:00')}`;
    const isThere = (run: DagRun) => run.dagId === dag.id && run.id === id;
    if (state.runs.some(isThere)) return api.refuse({ kind: 'runExists', dagId: dag.id, runId: id });
    const { conf, note, logicalDate } = given;
    const made = {
      id,
      dagId: dag.id,
      runType: 'manual',
      conf,
      note,
      logicalDate,
      triggeredBy: user,
    } as const;
    return api.run({ run: runs.add(airflow.resourceId, made), dag });
  });
}

function createVariable({ api, request, state, kernel }: AirflowCall): ServiceResponse {
  const body = api.json(request.body, request.headers['content-type']);
  if ('refused' in body) return body.refused;
  const made = api.newVariable(body.value);
  if ('refused' in made) return made.refused;
  const { key, value, description } = made;
  state.variables = { ...state.variables, [key]: { value, description } };
  kernel.changed();
  return api.variableMade(made);
}

/** Names come from callers: one such as `constructor` is not a member. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function paged<T>({ url }: ServiceRequest, all: readonly T[]): Page<T> {
  const number = (name: string, otherwise: number) => {
    const text = url.searchParams.get(name);
    return text !== null && /^\d{1,6}$/.test(text) ? Number(text) : otherwise;
  };
  const offset = number('offset', 0);
  return { items: all.slice(offset, offset + Math.min(PAGE, number('limit', PAGE))), total: all.length };
}

/** All that runs or waits for a worker, counted: what a list of every DAG's task instances of these states says. */
function active({ runs, otherTasks }: RuntimeState): ServiceResponse {
  const own = runs.filter((run) => run.state === 'running' || run.state === 'queued').length;
  return { status: 200, body: { task_instances: [], total_entries: own + otherTasks } };
}
