/** Airflow 2's REST API, version 1, as Airflow 2.6 and 2.10 answer it. */
import type { ServiceResponse } from '../../kernel/types.js';
import { atLeast } from './backend.js';
import { schedulerHealth } from './health.js';
import { createV1Requests } from './v1Requests.js';
import {
  type DagView,
  descriptionOf,
  duration,
  fileToken,
  type Instance,
  importErrorOf,
  maxActiveRunsOf,
  ownerOf,
  type Refusal,
  type RestApi,
  type RunView,
  retriesOf,
  tagsOf,
  taskIdOf,
  taskState,
  timestamp,
} from './views.js';

const DAY_MS = 24 * 3600 * 1000;

export function createV1(instance: Instance): RestApi {
  const { airflowVersion, now, startedAt } = instance;
  const problem = problemOf(airflowVersion);
  const since = (minor: number, members: object) => (atLeast(airflowVersion, 2, minor) ? members : {});
  const time = (ms: number | null) => timestamp(ms, '+00:00');

  const dagBody = (dag: DagView) => {
    const scheduled = dag.settings.file === 'tutorial';
    return {
      ...since(9, { dag_display_name: dag.id }),
      dag_id: dag.id,
      default_view: 'grid',
      description: descriptionOf(dag),
      file_token: fileToken(dag.id),
      fileloc: `/opt/airflow/dags/${dag.id}.py`,
      has_import_errors: importErrorOf(dag.settings, airflowVersion) !== null,
      has_task_concurrency_limits: false,
      is_active: true,
      is_paused: dag.settings.paused,
      is_subdag: false,
      last_expired: null,
      last_parsed_time: time(now - ((now - startedAt) % 30_000)),
      last_pickled: null,
      max_active_runs: maxActiveRunsOf(dag),
      max_active_tasks: 16,
      ...since(9, { max_consecutive_failed_dag_runs: 0 }),
      next_dagrun: scheduled ? time(now - DAY_MS) : null,
      next_dagrun_create_after: scheduled ? time(now) : null,
      next_dagrun_data_interval_end: scheduled ? time(now) : null,
      next_dagrun_data_interval_start: scheduled ? time(now - DAY_MS) : null,
      owners: [ownerOf(dag)],
      pickle_id: null,
      root_dag_id: null,
      schedule_interval: scheduled ? { __type: 'TimeDelta', days: 1, microseconds: 0, seconds: 0 } : null,
      scheduler_lock: null,
      tags: tagsOf(dag).map((name) => ({ name })),
      timetable_description: scheduled ? '' : 'Never, external triggers only',
    };
  };

  const logicalDate = ({ run }: RunView) => run.logicalDate ?? time(run.queuedAt);

  const runBody = (view: RunView) => {
    const { run } = view;
    return {
      conf: run.conf,
      dag_id: run.dagId,
      dag_run_id: run.id,
      data_interval_end: logicalDate(view),
      data_interval_start: logicalDate(view),
      end_date: time(run.endedAt),
      execution_date: logicalDate(view),
      external_trigger: run.runType === 'manual',
      last_scheduling_decision: time(run.endedAt ?? run.startedAt),
      logical_date: logicalDate(view),
      note: run.note,
      run_type: run.runType,
      start_date: time(run.startedAt),
      state: run.state,
    };
  };

  const taskBody = (view: RunView) => {
    const { run, dag } = view;
    return {
      dag_id: run.dagId,
      dag_run_id: run.id,
      duration: duration(run.startedAt, run.endedAt),
      end_date: time(run.endedAt),
      execution_date: logicalDate(view),
      ...since(10, { executor: null }),
      executor_config: '{}',
      hostname: run.startedAt === null ? '' : 'airflow-worker-0',
      map_index: -1,
      max_tries: retriesOf(dag.settings),
      note: null,
      operator: 'PythonOperator',
      pid: run.startedAt === null ? null : 4711,
      pool: 'default_pool',
      pool_slots: 1,
      priority_weight: 1,
      queue: 'default',
      queued_when: time(run.startedAt),
      rendered_fields: { op_args: [], op_kwargs: {}, templates_dict: null },
      ...since(9, { rendered_map_index: null }),
      sla_miss: null,
      start_date: time(run.startedAt),
      state: taskState(view),
      ...since(9, { task_display_name: taskIdOf(dag) }),
      task_id: taskIdOf(dag),
      trigger: null,
      triggerer_job: null,
      try_number: run.tries,
      unixname: 'airflow',
    };
  };

  const xcomBody = (view: RunView) => ({
    dag_id: view.run.dagId,
    execution_date: logicalDate(view),
    key: 'return_value',
    ...since(8, { map_index: -1 }),
    task_id: taskIdOf(view.dag),
    timestamp: time(view.run.endedAt),
  });

  return {
    ...createV1Requests(problem),

    health() {
      const { latest, healthy } = schedulerHealth(instance);
      return ok({
        ...since(7, { dag_processor: { latest_dag_processor_heartbeat: null, status: null } }),
        metadatabase: { status: 'healthy' },
        scheduler: {
          latest_scheduler_heartbeat: time(latest)?.replace('Z', '+00:00') ?? null,
          status: healthy ? 'healthy' : 'unhealthy',
        },
        triggerer: { latest_triggerer_heartbeat: null, status: null },
      });
    },
    version: () =>
      ok({ git_version: '.release:0000000000000000000000000000000000000000', version: airflowVersion }),
    dag: (dag) => ok(dagBody(dag)),
    dags: ({ items, total }) => ok({ dags: items.map(dagBody), total_entries: total }),
    run: (view) => ok(runBody(view)),
    runs: ({ items, total }) => ok({ dag_runs: items.map(runBody), total_entries: total }),
    task: (view) => ok(taskBody(view)),
    tasks: ({ items, total }) => ok({ task_instances: items.map(taskBody), total_entries: total }),

    xcom(view, value, query) {
      if (query.has('stringify') && !atLeast(airflowVersion, 2, 10)) {
        const detail = 'Extra query parameter(s) stringify not in spec';
        return problem(400, null, detail, 'BadRequest');
      }
      if (query.get('deserialize') === 'true' && atLeast(airflowVersion, 2, 10)) {
        return problem(
          400,
          'Bad Request',
          'XCom deserialization is disabled in configuration.',
          'BadRequest',
        );
      }
      return ok({ ...xcomBody(view), value });
    },
    xcoms: ({ items, total }) => ok({ total_entries: total, xcom_entries: items.map(xcomBody) }),

    importErrors: ({ items, total }) =>
      ok({
        import_errors: items.map(({ file, trace }, index) => ({
          filename: `/opt/airflow/dags/${file}`,
          import_error_id: index + 1,
          stack_trace: trace,
          timestamp: time(startedAt),
        })),
        total_entries: total,
      }),

    variable: ({ key, value, description }) => ok({ description, key, value }),
    variables: ({ items, total }) =>
      ok({
        total_entries: total,
        variables: items.map(({ key, value, description }) => ({ description, key, value })),
      }),
    variableMade: ({ key, value, description }) =>
      ok(description === null ? { key, value } : { description, key, value }),

    refuse: (refusal) => refuse(refusal, problem),
  };
}

type Problem = ReturnType<typeof problemOf>;

function refuse(refusal: Refusal, problem: Problem): ServiceResponse {
  switch (refusal.kind) {
    case 'unauthenticated':
    case 'badToken':
      return problem(401, 'Unauthorized', null, 'Unauthenticated');
    case 'forbidden':
      return problem(403, 'Forbidden', null, 'PermissionDenied');
    case 'configHidden':
      return problem(
        403,
        'Forbidden',
        'Your Airflow administrator chose not to expose the configuration, most likely for security reasons.',
        'PermissionDenied',
      );
    case 'noRoute':
      return problem(
        404,
        'Not Found',
        'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.',
      );
    case 'wrongMethod':
      return problem(405, 'Method Not Allowed', 'The method is not allowed for the requested URL.');
    case 'noDag':
      return noDag(refusal, problem);
    case 'noRun': {
      const detail = `DAGRun with DAG ID: '${refusal.dagId}' and DagRun ID: '${refusal.runId}' not found`;
      return problem(404, 'DAGRun not found', detail, 'NotFound');
    }
    case 'runExists': {
      const detail = `DAGRun with DAG ID: '${refusal.dagId}' and DAGRun ID: '${refusal.runId}' already exists`;
      return problem(409, 'Conflict', detail, 'AlreadyExists');
    }
    case 'noTask':
      return problem(404, 'Task instance not found', null, 'NotFound');
    case 'noXCom':
      return problem(404, 'XCom entry not found', null, 'NotFound');
    case 'noVariable':
      return problem(404, 'Variable not found', null, 'NotFound');
  }
}

function noDag({ dagId, on }: Extract<Refusal, { kind: 'noDag' }>, problem: Problem): ServiceResponse {
  switch (on) {
    case 'get':
      return problem(404, 'DAG not found', `The DAG with dag_id: ${dagId} was not found`, 'NotFound');
    case 'update':
      return problem(404, `Dag with id: '${dagId}' not found`, null, 'NotFound');
    case 'trigger':
      return problem(404, 'DAG not found', `DAG with dag_id: '${dagId}' not found`, 'NotFound');
  }
}

/** Problem documents of Airflow 2: errors of the API itself name their section of the reference. */
function problemOf(airflowVersion: string) {
  return (
    status: number,
    title: string | null,
    detail: string | null,
    section?: string,
  ): ServiceResponse => ({
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: {
      detail,
      status,
      title,
      type:
        section === undefined
          ? 'about:blank'
          : `https://airflow.apache.org/docs/apache-airflow/${airflowVersion}/stable-rest-api-ref.html#section/Errors/${section}`,
    },
  });
}

function ok(body: object): ServiceResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}
