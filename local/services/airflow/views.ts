/** What the answers of both REST API versions are made from. */
import { createHash } from 'node:crypto';
import { CHECK_TASK_ID } from '../../../src/domain/proof/checkAnswer.js';
import type { ServiceResponse } from '../../kernel/types.js';
import { atLeast } from './backend.js';
import type { Beats } from './health.js';
import type { DagRun, DagSettings, MetastoreVariable } from './state.js';

/** The Airflow that answers. */
export interface Instance extends Beats {
  readonly airflowVersion: string;
}

export interface DagView {
  readonly id: string;
  readonly settings: DagSettings;
}

export interface RunView {
  readonly run: DagRun;
  readonly dag: DagView;
}

interface ImportErrorView {
  readonly file: string;
  readonly trace: string;
}

export interface VariableView extends MetastoreVariable {
  readonly key: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
}

/** What a caller asks a new run to be. */
interface NewRun {
  readonly id: string | null;
  readonly conf: Record<string, unknown>;
  readonly note: string | null;
  readonly logicalDate: string | null;
}

export type Refusal =
  | {
      readonly kind:
        | 'unauthenticated'
        | 'badToken'
        | 'forbidden'
        | 'configHidden'
        | 'noRoute'
        | 'wrongMethod';
    }
  | { readonly kind: 'noDag'; readonly dagId: string; readonly on: 'get' | 'update' | 'trigger' }
  | { readonly kind: 'noRun' | 'runExists'; readonly dagId: string; readonly runId: string }
  | { readonly kind: 'noTask'; readonly dagId: string; readonly runId: string; readonly taskId: string }
  | { readonly kind: 'noXCom' | 'noVariable'; readonly key: string };

/** One version of the REST API: how it words its answers and reads its requests. */
export interface RestApi {
  health(): ServiceResponse;
  version(): ServiceResponse;
  dag(dag: DagView): ServiceResponse;
  dags(page: Page<DagView>): ServiceResponse;
  run(view: RunView): ServiceResponse;
  runs(page: Page<RunView>): ServiceResponse;
  task(view: RunView): ServiceResponse;
  tasks(page: Page<RunView>): ServiceResponse;
  /** The task's `return_value`; `query` may ask for another form of it. */
  xcom(view: RunView, value: string, query: URLSearchParams): ServiceResponse;
  xcoms(page: Page<RunView>): ServiceResponse;
  importErrors(page: Page<ImportErrorView>): ServiceResponse;
  variable(variable: VariableView): ServiceResponse;
  variables(page: Page<VariableView>): ServiceResponse;
  variableMade(variable: VariableView): ServiceResponse;
  refuse(refusal: Refusal): ServiceResponse;
  /** A body as JSON, or the answer to one that is none. */
  json(body: Buffer, contentType: string | undefined): { value: unknown } | { refused: ServiceResponse };
  newRun(body: unknown): NewRun | { refused: ServiceResponse };
  /** The one field of a DAG that can be changed. */
  paused(body: unknown): boolean | { refused: ServiceResponse };
  newVariable(body: unknown): VariableView | { refused: ServiceResponse };
}

const TASKS = { check: CHECK_TASK_ID, tutorial: 'get_variable', plain: 'run' } as const;

export function taskIdOf({ settings }: DagView): string {
  return TASKS[settings.file];
}

/** The documented sample retries once, five minutes later. */
export function retriesOf({ file }: DagSettings): number {
  return file === 'tutorial' ? 1 : 0;
}

export function descriptionOf({ settings }: DagView): string | null {
  if (settings.file === 'plain') return null;
  return settings.file === 'check'
    ? 'Answers Airlock whether this Airflow reads its Azure Key Vault'
    : 'This DAG shows how to use Azure Key Vault to retrieve variables in Apache Airflow DAG';
}

export function tagsOf({ settings }: DagView): string[] {
  return { check: ['airlock'], tutorial: ['example'], plain: [] }[settings.file];
}

export function ownerOf({ settings }: DagView): string {
  return settings.file === 'check' ? 'airlock' : 'airflow';
}

export function maxActiveRunsOf({ settings }: DagView): number {
  return settings.file === 'check' ? 4 : 16;
}

/** What hinders the import of a DAG's file; null: nothing. Airflow 3 has not the module that the sample imports. */
export function importErrorOf(settings: DagSettings, airflowVersion: string): string | null {
  if (settings.importError !== null) return settings.importError;
  return settings.file === 'tutorial' && atLeast(airflowVersion, 3, 0)
    ? "ModuleNotFoundError: No module named 'airflow.operators.python_operator'"
    : null;
}

/** State of the run's only task. */
export function taskState({ run, dag }: RunView): string | null {
  if (run.state === 'queued') return null;
  const waits = run.state === 'running' && run.tries > 1 && retriesOf(dag.settings) > 0;
  return waits ? 'up_for_retry' : run.state;
}

/** A time in microseconds, as Python writes it: version 1 of the API ends it with `+00:00`, version 2 with `Z`. */
export function timestamp(ms: number | null, zone: '+00:00' | 'Z'): string | null {
  return ms === null ? null : new Date(ms).toISOString().replace('Z', `000${zone}`);
}

/** Seconds between two times. */
export function duration(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : (to - from) / 1000;
}

/** The same id for the same text, in the form of a UUID. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A token that a client hands back without looking into it. */
export function fileToken(dagId: string): string {
  return `${Buffer.from(JSON.stringify(`dags/${dagId}.py`)).toString('base64url')}.${uuidOf(dagId).replaceAll('-', '').slice(0, 27)}`;
}
