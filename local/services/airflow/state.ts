/** What the emulated Airflow keeps for each runtime, and what can be set from outside. */
import { z } from 'zod';
import { CHECK_DAG_ID } from '../../../src/domain/proof/checkAnswer.js';

/** How the web server answers: as Airflow does, or as something that stands in front of it. */
const API_MODES = ['ok', '401', '403', 'html', 'redirect', 'nothing', 'garbage'] as const;
export type ApiMode = (typeof API_MODES)[number];

/** `normal` does what the DAG's file says, `hangs` leaves runs queued, `forged` succeeds with a made-up answer. */
const BEHAVIOURS = ['normal', 'fails', 'hangs', 'forged'] as const;

/** Whose file is behind a DAG: the app's check DAG, the sample of the documented procedure, or another that just succeeds. */
const FILES = ['check', 'tutorial', 'plain'] as const;

const DAG = z.strictObject({
  file: z.enum(FILES),
  /** No such file in the DAG folder. */
  missing: z.boolean(),
  paused: z.boolean(),
  /** Last line of the error that keeps the file from being imported; null: none. */
  importError: z.string().nullable(),
  behaviour: z.enum(BEHAVIOURS),
  /** Return value of a forged run; null: an answer of the right shape with a wrong digest. */
  forgedAnswer: z.string().nullable(),
});
export type DagSettings = z.infer<typeof DAG>;

const VARIABLE = z.strictObject({ value: z.string(), description: z.string().nullable() });
export type MetastoreVariable = z.infer<typeof VARIABLE>;

const RUN = z.object({
  id: z.string(),
  uuid: z.string(),
  dagId: z.string(),
  runType: z.enum(['manual', 'scheduled']),
  conf: z.record(z.string(), z.unknown()),
  note: z.string().nullable(),
  /** The logical date that the caller gave; null: none. */
  logicalDate: z.string().nullable(),
  state: z.enum(['queued', 'running', 'success', 'failed']),
  triggeredBy: z.string(),
  tries: z.number(),
  /** Milliseconds on the local cloud's clock. */
  queuedAt: z.number(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  /** When the next thing happens to it; null: nothing by itself (paused, hanging, or Airflow is down). */
  dueAt: z.number().nullable(),
  /** Start of the processes that work on it. */
  processesSince: z.number().nullable(),
  /** The task's `return_value`. */
  returnValue: z.string().nullable(),
});
export type DagRun = z.infer<typeof RUN>;

/** From a trigger to the start of the task, as measured on Airflow 2.10. */
export const SCHEDULING_SECONDS = 4;
const DEFAULT_DAG_SECONDS = 10;

/** Seconds from a trigger to the end of a run whose DAG is not paused. */
const DAG_SECONDS = z.number().gt(SCHEDULING_SECONDS);

export const RUNTIME_STATE = z.object({
  /** Host of the web server that this belongs to; null before the first call. Another host is another Airflow. */
  host: z.string().nullable(),
  api: z.enum(API_MODES),
  dags: z.record(z.string(), DAG),
  variables: z.record(z.string(), VARIABLE),
  dagSeconds: DAG_SECONDS.default(DEFAULT_DAG_SECONDS),
  runs: z.array(RUN),
  /** Task instances of other DAGs that are running now. */
  otherTasks: z.number().default(0),
  /** Origin of the web server of a real Airflow that answers instead; null: this one does. */
  answeredBy: z.string().nullable().default(null),
});
export type RuntimeState = z.infer<typeof RUNTIME_STATE>;

/**
 * What the control API can set for one runtime. DAGs and metastore variables are merged by name (`null` removes one);
 * a DAG that was not there is added.
 */
export const AIRFLOW_PATCH = z.strictObject({
  api: z.enum(API_MODES).optional(),
  dags: z.record(z.string(), DAG.partial().nullable()).optional(),
  variables: z.record(z.string(), z.string().nullable()).optional(),
  dagSeconds: DAG_SECONDS.optional(),
  otherTasks: z.int().nonnegative().optional(),
  answeredBy: z
    .string()
    .regex(/^http:\/\/127\.0\.0\.1:\d+$/, 'must be an origin on 127.0.0.1')
    .nullable()
    .optional(),
});
export type AirflowPatch = z.input<typeof AIRFLOW_PATCH>;

/** The sample DAG of the documented procedure. */
const TUTORIAL_DAG_ID = 'tutorial';

/** A DAG that was just deployed. The sample DAG starts paused, as every DAG does that does not say otherwise. */
export function newDag(dagId: string): DagSettings {
  const file = dagId === CHECK_DAG_ID ? 'check' : dagId === TUTORIAL_DAG_ID ? 'tutorial' : 'plain';
  return {
    file,
    missing: false,
    paused: file === 'tutorial',
    importError: null,
    behaviour: 'normal',
    forgedAnswer: null,
  };
}

/** A runtime that nobody has touched: the check DAG is deployed. */
export function newRuntimeState(): RuntimeState {
  return {
    host: null,
    api: 'ok',
    dags: { [CHECK_DAG_ID]: newDag(CHECK_DAG_ID) },
    variables: {},
    dagSeconds: DEFAULT_DAG_SECONDS,
    runs: [],
    otherTasks: 0,
    answeredBy: null,
  };
}

/** The state with a patch applied. */
export function patched(state: RuntimeState, patch: z.output<typeof AIRFLOW_PATCH>): RuntimeState {
  const dags = { ...state.dags };
  for (const [dagId, change] of Object.entries(patch.dags ?? {})) {
    if (change === null) delete dags[dagId];
    else {
      const before = dags[dagId] ?? newDag(dagId);
      const set = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      dags[dagId] = DAG.parse({ ...before, ...set });
    }
  }
  const variables = { ...state.variables };
  for (const [key, value] of Object.entries(patch.variables ?? {})) {
    if (value === null) delete variables[key];
    else variables[key] = { value, description: variables[key]?.description ?? null };
  }
  return {
    ...state,
    api: patch.api ?? state.api,
    dags,
    variables,
    dagSeconds: patch.dagSeconds ?? state.dagSeconds,
    otherTasks: patch.otherTasks ?? state.otherTasks,
    answeredBy: patch.answeredBy === undefined ? state.answeredBy : patch.answeredBy,
  };
}
