/** The web server of one Airflow in memory: its logins, its DAGs and their runs. */
import type { AirflowApi, AirflowTarget, ApiVersion, ImportError } from '../../../src/azure/airflow/api.js';
import { refused, type ServiceError, transientFailure } from '../../../src/azure/failures.js';
import type { CallFailure } from '../../../src/domain/problems/callResult.js';
import type { CheckAnswer, CheckConf } from '../../../src/domain/proof/checkAnswer.js';
import { CHECK_TASK_ID } from '../../../src/domain/proof/checkAnswer.js';
import { hmacSha256Hex } from '../../../src/domain/values/digest.js';
import { BACKEND_CLASS } from '../domain/settings/bodies.js';
import { Calls } from './calls.js';

interface Run {
  state: string;
  readonly conf: Partial<CheckConf>;
  /** `malformed`: it is none that the check DAG gives. */
  answer?: CheckAnswer | 'malformed';
}

interface Dag {
  paused: boolean;
  readonly runs: Map<string, Run>;
}

export class MemoryAirflow {
  readonly calls = new Calls<keyof AirflowApi>();
  api: ApiVersion = 'v1';
  airflowVersion = '2.10.5';
  /** Why it is not healthy. */
  sick: string | undefined;
  /** Tasks that run or wait for a worker. */
  tasks = 0;
  readonly dags = new Map<string, Dag>();
  importErrors: ImportError[] = [];
  /** Scopes whose tokens it accepts; absent: any. */
  scopes: readonly string[] | undefined;
  /** The password that it accepts; absent: any. */
  password: string | undefined;
  /** How it was reached, in order. */
  readonly targets: AirflowTarget[] = [];

  /** Puts a DAG there. */
  add(dagId: string, paused = false): Dag {
    const dag: Dag = { paused, runs: new Map() };
    this.dags.set(dagId, dag);
    return dag;
  }

  /** The run of that id, of whichever DAG. */
  run(dagRunId: string): Run {
    for (const { runs } of this.dags.values()) {
      const run = runs.get(dagRunId);
      if (run) return run;
    }
    throw new Error(`There is no run ${dagRunId} in this Airflow: trigger it first.`);
  }

  /** The API as whoever signs in so gets it. */
  connect(target: AirflowTarget): AirflowApi {
    this.targets.push(target);
    const call = <T>(name: keyof AirflowApi, about: string, act: () => T): Promise<T | CallFailure> =>
      this.calls.answer(name, about, () => this.#loginFailure(target) ?? act(), failureOf);
    const withApi = <T>(name: keyof AirflowApi, api: ApiVersion, about: string, act: () => T) =>
      call(name, about, () => (api === this.api ? act() : refusal(`knows no API ${api}`)));
    return {
      health: async () => {
        const health = await call('health', '', () => this.#health());
        // The real one takes every answer that may pass for "not yet".
        return health.kind === 'retry' ? { kind: 'notYet', message: health.message } : health;
      },
      activeTasks: (api) =>
        withApi('activeTasks', api, '', () => ({ kind: 'counted' as const, tasks: this.tasks })),
      dag: (api, dagId) => withApi('dag', api, dagId, () => this.#dag(dagId)),
      unpause: (api, dagId) =>
        withApi('unpause', api, dagId, () => {
          const dag = this.dags.get(dagId);
          if (!dag) return refusal('knows no such DAG');
          dag.paused = false;
          return { kind: 'unpaused' as const };
        }),
      trigger: (api, dagId, dagRunId, conf) =>
        withApi('trigger', api, dagRunId, () => this.#trigger(dagId, dagRunId, conf)),
      dagRun: (api, dagId, dagRunId) =>
        withApi('dagRun', api, dagRunId, () => {
          const run = this.dags.get(dagId)?.runs.get(dagRunId);
          return run ? { kind: 'found' as const, state: run.state } : { kind: 'missing' as const };
        }),
      answer: (api, dagId, dagRunId, taskId) =>
        withApi('answer', api, dagRunId, () => {
          const run = this.dags.get(dagId)?.runs.get(dagRunId);
          if (!run?.answer || taskId !== CHECK_TASK_ID) return { kind: 'missing' as const };
          return run.answer === 'malformed'
            ? { kind: 'malformed' as const }
            : { kind: 'answered' as const, answer: run.answer };
        }),
    };
  }

  #loginFailure({ login, password }: AirflowTarget): CallFailure | undefined {
    const isIn =
      login.kind === 'entra'
        ? (this.scopes?.includes(login.scope) ?? true)
        : this.password === undefined || this.password === password?.reveal();
    return isIn ? undefined : refused('airflowUnauthorized', 'Airflow refuses the login.', 'Look at it.');
  }

  #health(): Exclude<Awaited<ReturnType<AirflowApi['health']>>, CallFailure> {
    if (this.sick !== undefined) return { kind: 'notYet', message: this.sick };
    return { kind: 'healthy', api: this.api, airflowVersion: this.airflowVersion };
  }

  #dag(dagId: string): Exclude<Awaited<ReturnType<AirflowApi['dag']>>, CallFailure> {
    const dag = this.dags.get(dagId);
    return dag ? { kind: 'found', paused: dag.paused } : { kind: 'missing', importErrors: this.importErrors };
  }

  #trigger(
    dagId: string,
    dagRunId: string,
    conf: CheckConf | Record<string, never>,
  ): { readonly kind: 'triggered' } | { readonly kind: 'alreadyTriggered' } | CallFailure {
    const dag = this.dags.get(dagId);
    if (!dag) return refusal('knows no such DAG');
    if (dag.runs.has(dagRunId)) return { kind: 'alreadyTriggered' };
    dag.runs.set(dagRunId, { state: 'queued', conf });
    return { kind: 'triggered' };
  }
}

/** What a worker answers that reads the vault as it is to: the canary's value, the credential that it has. */
export function rightAnswer(canary: string, nonce: string, marker: string, vaultUrl: string): CheckAnswer {
  return {
    version: 1,
    answer: hmacSha256Hex(canary, nonce),
    marker,
    backend: BACKEND_CLASS,
    vaultUrl,
    direct: { outcome: 'found', errorType: null, status: null, aadsts: null, reason: null },
    variable: { outcome: 'same', errorType: null },
    airflow: '2.10.5',
  };
}

function refusal(what: string): CallFailure {
  return refused('airflowRefused', `The Airflow ${what}.`, 'Open Airflow and look.');
}

function failureOf(error: ServiceError): CallFailure {
  return (
    transientFailure(error, 'the Airflow web server') ??
    refused('airflowForbidden', 'Airflow forbids the call (403).', 'Give the user a role.')
  );
}
