/** Airflow 3's REST API, version 2, as Airflow 3.3 answers it. */
import type { ServiceResponse } from '../../kernel/types.js';
import { schedulerHealth } from './health.js';
import { createV2Requests } from './v2Requests.js';
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
  uuidOf,
  type VariableView,
} from './views.js';

const BUNDLE = 'dags-folder';
/** What the lists that can be long have besides. */
const CURSORS = { next_cursor: null, previous_cursor: null, total_entries_limit: null };

export function createV2(instance: Instance): RestApi {
  const { airflowVersion, now, startedAt } = instance;
  const time = (ms: number | null) => timestamp(ms, 'Z');
  const parsedAt = now - ((now - startedAt) % 30_000);

  const dagBody = (dag: DagView) => ({
    dag_id: dag.id,
    dag_display_name: dag.id,
    is_paused: dag.settings.paused,
    is_stale: false,
    last_parsed_time: time(parsedAt),
    last_parse_duration: 0.104592,
    last_expired: null,
    bundle_name: BUNDLE,
    bundle_version: null,
    relative_fileloc: `${dag.id}.py`,
    fileloc: `/opt/airflow/dags/${dag.id}.py`,
    description: descriptionOf(dag),
    timetable_summary: null,
    timetable_description: 'Never, external triggers only',
    timetable_partitioned: false,
    timetable_periodic: false,
    tags: tagsOf(dag).map((name) => ({ name, dag_id: dag.id, dag_display_name: dag.id })),
    max_active_tasks: 16,
    max_active_runs: maxActiveRunsOf(dag),
    max_consecutive_failed_dag_runs: 0,
    has_task_concurrency_limits: false,
    has_import_errors: importErrorOf(dag.settings, airflowVersion) !== null,
    next_dagrun_logical_date: null,
    next_dagrun_data_interval_start: null,
    next_dagrun_data_interval_end: null,
    next_dagrun_run_after: null,
    allowed_run_types: null,
    owners: [ownerOf(dag)],
    is_backfillable: false,
    file_token: fileToken(dag.id),
  });

  const dagVersion = (dagId: string) => ({
    id: uuidOf(`version of ${dagId}`),
    version_number: 1,
    dag_id: dagId,
    bundle_name: BUNDLE,
    bundle_version: null,
    created_at: time(startedAt),
    dag_display_name: dagId,
    bundle_url: null,
  });

  const runBody = ({ run }: RunView) => ({
    dag_run_id: run.id,
    dag_id: run.dagId,
    logical_date: run.logicalDate,
    queued_at: time(run.queuedAt),
    start_date: time(run.startedAt),
    end_date: time(run.endedAt),
    duration: duration(run.startedAt, run.endedAt),
    data_interval_start: run.logicalDate,
    data_interval_end: run.logicalDate,
    run_after: time(run.queuedAt),
    last_scheduling_decision: time(run.endedAt ?? run.startedAt),
    run_type: run.runType,
    state: run.state,
    triggered_by: run.runType === 'manual' ? 'rest_api' : 'timetable',
    triggering_user_name: run.runType === 'manual' ? run.triggeredBy : null,
    conf: run.conf,
    note: run.note,
    dag_versions: [dagVersion(run.dagId)],
    bundle_version: null,
    dag_display_name: run.dagId,
    partition_key: null,
    partition_date: null,
  });

  const taskBody = (view: RunView) => {
    const { run, dag } = view;
    return {
      id: uuidOf(`task of ${run.uuid}`),
      task_id: taskIdOf(dag),
      dag_id: run.dagId,
      dag_run_id: run.id,
      map_index: -1,
      logical_date: run.logicalDate,
      run_after: time(run.queuedAt),
      start_date: time(run.startedAt),
      end_date: time(run.endedAt),
      duration: duration(run.startedAt, run.endedAt),
      state: taskState(view),
      try_number: run.tries,
      max_tries: retriesOf(dag.settings),
      task_display_name: taskIdOf(dag),
      dag_display_name: run.dagId,
      hostname: run.startedAt === null ? '' : 'airflow-worker-0',
      unixname: 'airflow',
      pool: 'default_pool',
      pool_slots: 1,
      queue: 'default',
      priority_weight: 1,
      operator: 'PythonOperator',
      operator_name: 'PythonOperator',
      queued_when: time(run.startedAt),
      scheduled_when: time(run.startedAt),
      pid: run.startedAt === null ? null : 4711,
      executor: null,
      executor_config: '{}',
      note: null,
      rendered_map_index: null,
      rendered_fields: { templates_dict: null, op_args: [], op_kwargs: {} },
      trigger: null,
      triggerer_job: null,
      dag_version: dagVersion(run.dagId),
    };
  };

  const xcomBody = ({ run, dag }: RunView) => ({
    key: 'return_value',
    timestamp: time(run.endedAt),
    logical_date: run.logicalDate,
    map_index: -1,
    task_id: taskIdOf(dag),
    dag_id: run.dagId,
    run_id: run.id,
    dag_display_name: run.dagId,
    task_display_name: taskIdOf(dag),
    run_after: time(run.queuedAt),
  });

  return {
    ...createV2Requests(),

    health() {
      const scheduler = schedulerHealth(instance);
      const status = scheduler.healthy ? 'healthy' : 'unhealthy';
      const latest = timestamp(scheduler.latest, '+00:00');
      return ok({
        metadatabase: { status: 'healthy' },
        scheduler: { status, latest_scheduler_heartbeat: latest },
        triggerer: { status: null, latest_triggerer_heartbeat: null },
        dag_processor: { status, latest_dag_processor_heartbeat: latest },
      });
    },
    version: () =>
      ok({ version: airflowVersion, git_version: '.release:0000000000000000000000000000000000000000' }),
    dag: (dag) => ok(dagBody(dag)),
    dags: ({ items, total }) => ok({ dags: items.map(dagBody), total_entries: total }),
    run: (view) => ok(runBody(view)),
    runs: ({ items, total }) => ok({ dag_runs: items.map(runBody), total_entries: total, ...CURSORS }),
    task: (view) => ok(taskBody(view)),
    tasks: ({ items, total }) =>
      ok({ task_instances: items.map(taskBody), total_entries: total, ...CURSORS }),
    xcom: (view, value) => ok({ ...xcomBody(view), value }),
    xcoms: ({ items, total }) => ok({ xcom_entries: items.map(xcomBody), total_entries: total }),
    importErrors: ({ items, total }) =>
      ok({
        import_errors: items.map(({ file, trace }, index) => ({
          import_error_id: index + 1,
          timestamp: time(startedAt),
          filename: file,
          bundle_name: BUNDLE,
          stack_trace: trace,
        })),
        total_entries: total,
      }),
    variable: (variable) => ok(variableBody(variable)),
    variables: ({ items, total }) => ok({ variables: items.map(variableBody), total_entries: total }),
    variableMade: (variable) => ({ ...ok(variableBody(variable)), status: 201 }),
    refuse,
  };
}

function variableBody({ key, value, description }: VariableView) {
  return { key, value, description, is_encrypted: false, team_name: null };
}

function refuse(refusal: Refusal): ServiceResponse {
  switch (refusal.kind) {
    case 'unauthenticated':
      return detail(401, 'Not authenticated');
    case 'badToken':
      return detail(403, 'Invalid JWT token');
    case 'forbidden':
      return detail(403, 'Forbidden');
    case 'configHidden':
      return detail(
        403,
        'Your Airflow administrator chose not to expose the configuration, most likely for security reasons.',
      );
    case 'noRoute':
      return json(404, { error: 'API route not found' });
    case 'wrongMethod':
      return detail(405, 'Method Not Allowed');
    case 'noDag':
      return noDag(refusal);
    case 'noRun':
      return detail(
        404,
        `The DagRun with dag_id: \`${refusal.dagId}\` and run_id: \`${refusal.runId}\` was not found`,
      );
    case 'runExists':
      return detail(409, {
        reason: 'Unique constraint violation',
        statement: 'hidden',
        orig_error: 'hidden',
        message:
          'Serious error when handling your request. Check logs for more details - you will find it in api server when you look for ID aaaaaaaa',
      });
    case 'noTask':
      return detail(
        404,
        `The Task Instance with dag_id: \`${refusal.dagId}\`, run_id: \`${refusal.runId}\` and task_id: \`${refusal.taskId}\` was not found`,
      );
    case 'noXCom':
      return detail(404, `XCom entry with key: \`${refusal.key}\` not found`);
    case 'noVariable':
      return detail(404, `The Variable with key: \`${refusal.key}\` was not found`);
  }
}

function noDag({ dagId, on }: Extract<Refusal, { kind: 'noDag' }>): ServiceResponse {
  switch (on) {
    case 'get':
      return detail(404, `The Dag with ID: \`${dagId}\` was not found`);
    case 'update':
      return detail(404, `Dag with id: ${dagId} was not found`);
    case 'trigger':
      return detail(404, `Dag with dag_id: '${dagId}' not found`);
  }
}

function detail(status: number, what: string | object): ServiceResponse {
  return json(status, { detail: what });
}

function ok(body: object): ServiceResponse {
  return json(200, body);
}

function json(status: number, body: object): ServiceResponse {
  return { status, headers: { 'content-type': 'application/json' }, body };
}
