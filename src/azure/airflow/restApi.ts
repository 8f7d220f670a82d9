import type { TokenCredential } from '@azure/core-auth';
import { mayReceiveToken } from '../../domain/configuration/clouds.js';
import type { CallFailure } from '../../domain/problems/callResult.js';
import type { CheckConf } from '../../domain/proof/checkAnswer.js';
import { isJsonObject, type Json } from '../../domain/values/json.js';
import { isTransient, refused, retry, retryAfterSeconds, serviceError } from '../failures.js';
import type { AirflowApi, AirflowTarget, ApiVersion, ImportError } from './api.js';
import { type Answer, send } from './http.js';
import { parseAnswer } from './parseAnswer.js';
import { AirflowSession } from './session.js';
import { textOf } from './textOf.js';

type Method = 'GET' | 'POST' | 'PATCH';

/** Airflow's REST API of one runtime. */
export class AirflowRestApi implements AirflowApi {
  readonly #origin: string;
  readonly #session: AirflowSession;

  constructor(
    private readonly target: AirflowTarget,
    identity: () => Promise<TokenCredential>,
  ) {
    this.#origin = URL.canParse(target.webUrl) ? new URL(target.webUrl).origin : '';
    this.#session = new AirflowSession(target, this.#origin, identity);
  }

  async health(): ReturnType<AirflowApi['health']> {
    // Airflow 3 answers the old path with a hint and Airflow 2 the new one with 404: the new one first tells them apart.
    const newer = await this.#call('v2', 'GET', '/api/v2/monitor/health');
    if ('kind' in newer) return newer.kind === 'retry' ? { kind: 'notYet', message: newer.message } : newer;
    const api: ApiVersion = isHealth(newer.json) ? 'v2' : 'v1';
    const answer = api === 'v2' ? newer : await this.#call('v1', 'GET', '/api/v1/health');
    if ('kind' in answer)
      return answer.kind === 'retry' ? { kind: 'notYet', message: answer.message } : answer;
    if (answer.status === 401 || answer.status === 403) return this.#session.failure(answer.status);
    if (!isHealth(answer.json)) {
      return { kind: 'notYet', message: `it answers ${answer.status} without a health report` };
    }
    const sick = ['metadatabase', 'scheduler'].filter((part) => partStatus(answer.json, part) !== 'healthy');
    if (sick.length > 0) return { kind: 'notYet', message: `${sick.join(' and ')} not healthy` };

    const version = await this.#call(api, 'GET', `/api/${api}/version`);
    if ('kind' in version)
      return version.kind === 'retry' ? { kind: 'notYet', message: version.message } : version;
    const refusedLogin = this.#refusal(version, 'asking for the version');
    if (refusedLogin) return refusedLogin;
    const airflowVersion = textOf(version.json, 'version');
    return { kind: 'healthy', api, ...(airflowVersion ? { airflowVersion } : {}) };
  }

  async dag(api: ApiVersion, dagId: string): ReturnType<AirflowApi['dag']> {
    const answer = await this.#call(api, 'GET', `/api/${api}/dags/${encodeURIComponent(dagId)}`);
    if ('kind' in answer) return answer;
    if (answer.status === 404) return this.#importErrors(api);
    const refusal = this.#refusal(answer, `reading the DAG ${dagId}`);
    if (refusal) return refusal;
    return { kind: 'found', paused: isJsonObject(answer.json) && answer.json['is_paused'] === true };
  }

  async activeTasks(api: ApiVersion): ReturnType<AirflowApi['activeTasks']> {
    const path = `/api/${api}/dags/~/dagRuns/~/taskInstances?state=running&state=queued&limit=1`;
    const answer = await this.#call(api, 'GET', path);
    if ('kind' in answer) return answer;
    const refusal = this.#refusal(answer, 'counting the running tasks');
    if (refusal) return refusal;
    const total = isJsonObject(answer.json) ? answer.json['total_entries'] : undefined;
    return typeof total === 'number'
      ? { kind: 'counted', tasks: total }
      : refused(
          'airflowNotJson',
          'The Airflow web server gives no total_entries for its task instances.',
          'Look whether access.login of the profile fits the runtime; leave maintenance.drainMinutes out meanwhile.',
        );
  }

  async unpause(api: ApiVersion, dagId: string): ReturnType<AirflowApi['unpause']> {
    const path = `/api/${api}/dags/${encodeURIComponent(dagId)}?update_mask=is_paused`;
    const answer = await this.#call(api, 'PATCH', path, { is_paused: false });
    if ('kind' in answer) return answer;
    return this.#refusal(answer, `unpausing the DAG ${dagId}`) ?? { kind: 'unpaused' };
  }

  async trigger(
    api: ApiVersion,
    dagId: string,
    dagRunId: string,
    conf: CheckConf | Record<string, never>,
  ): ReturnType<AirflowApi['trigger']> {
    const path = `/api/${api}/dags/${encodeURIComponent(dagId)}/dagRuns`;
    const body: Json = {
      dag_run_id: dagRunId,
      conf: { ...conf },
      // Airflow 3 demands the key, Airflow 2 refuses null in it.
      ...(api === 'v2' ? { logical_date: null } : {}),
    };
    const answer = await this.#call(api, 'POST', path, body);
    if ('kind' in answer) return answer;
    if (answer.status === 409) return { kind: 'alreadyTriggered' };
    return this.#refusal(answer, `triggering the DAG ${dagId}`) ?? { kind: 'triggered' };
  }

  async dagRun(api: ApiVersion, dagId: string, dagRunId: string): ReturnType<AirflowApi['dagRun']> {
    const answer = await this.#call(api, 'GET', runPath(api, dagId, dagRunId));
    if ('kind' in answer) return answer;
    if (answer.status === 404) return { kind: 'missing' };
    const refusal = this.#refusal(answer, `reading the run ${dagRunId}`);
    return refusal ?? { kind: 'found', state: textOf(answer.json, 'state') ?? 'unknown' };
  }

  async answer(
    api: ApiVersion,
    dagId: string,
    dagRunId: string,
    taskId: string,
  ): ReturnType<AirflowApi['answer']> {
    const path = `${runPath(api, dagId, dagRunId)}/taskInstances/${encodeURIComponent(taskId)}/xcomEntries/return_value`;
    const answer = await this.#call(api, 'GET', path);
    if ('kind' in answer) return answer;
    if (answer.status === 404) return { kind: 'missing' };
    const refusal = this.#refusal(answer, `reading the answer of ${dagRunId}`);
    if (refusal) return refusal;
    const parsed = await parseAnswer(isJsonObject(answer.json) ? answer.json['value'] : undefined);
    return parsed ? { kind: 'answered', answer: parsed } : { kind: 'malformed' };
  }

  async #importErrors(api: ApiVersion): ReturnType<AirflowApi['dag']> {
    const answer = await this.#call(api, 'GET', `/api/${api}/importErrors?limit=20`);
    if ('kind' in answer) return answer;
    const list = isJsonObject(answer.json) ? answer.json['import_errors'] : undefined;
    const importErrors = Array.isArray(list) ? list.slice(0, 20).map(importErrorOf) : [];
    return { kind: 'missing', importErrors };
  }

  /** One call with the target's login; a failure of the connection or a status that may pass is a retry. */
  async #call(api: ApiVersion, method: Method, path: string, body?: Json): Promise<Answer | CallFailure> {
    if (!mayReceiveToken(this.target.webUrl, this.target.signIn.hosts, this.target.trustedOrigin)) {
      return refused(
        'airflowHostNotTrusted',
        `The runtime names a web server (${this.#origin || 'no URL'}) that is not one of ${this.target.signIn.cloud}'s Airflow hosts; no token was sent.`,
        'If it is yours, name its origin in the profile: access.trustedOrigin.',
      );
    }
    try {
      const authorization = await this.#session.authorization(api);
      if (typeof authorization !== 'string') return authorization;
      const answer = await send(method, `${this.#origin}${path}`, { authorization }, body);
      if (answer.status >= 300 && answer.status < 400) {
        return refused(
          'airflowRedirected',
          `The Airflow web server answers ${method} ${path.split('?')[0]} with a redirect (${answer.status}), which is not followed.`,
          'A login page in front of the REST API redirects: look whether access.login of the profile fits the runtime.',
        );
      }
      if (isTransient(answer.status)) {
        const after = retryAfterSeconds((name) => answer.headers.get(name), Date.now());
        return retry(`the Airflow web server answers ${answer.status}`, after);
      }
      return answer;
    } catch (error) {
      return retry(
        `the Airflow web server gives no answer (${serviceError(error).code ?? serviceError(error).name})`,
      );
    }
  }

  #refusal(answer: Answer, what: string): CallFailure | undefined {
    if (answer.status === 401 || answer.status === 403) return this.#session.failure(answer.status);
    if (answer.status >= 400) {
      return refused(
        'airflowRefused',
        `The Airflow web server refuses ${what} (${answer.status}).`,
        `Open Airflow from ${this.target.signIn.portal} and look whether the DAG can be triggered there.`,
      );
    }
    if (answer.json !== undefined) return undefined;
    return refused(
      'airflowNotJson',
      `The Airflow web server answers ${what} with something that is no JSON.`,
      'A login page or a gateway answers in its place: look whether access.login of the profile fits the runtime.',
    );
  }
}

function runPath(api: ApiVersion, dagId: string, dagRunId: string): string {
  return `/api/${api}/dags/${encodeURIComponent(dagId)}/dagRuns/${encodeURIComponent(dagRunId)}`;
}

function isHealth(json: Json | undefined): boolean {
  return isJsonObject(json) && isJsonObject(json['metadatabase']);
}

function partStatus(json: Json | undefined, part: string): string | undefined {
  return isJsonObject(json) ? textOf(json[part], 'status') : undefined;
}

function importErrorOf(entry: Json): ImportError {
  const file = textOf(entry, 'filename') ?? 'a file';
  const lines = (textOf(entry, 'stack_trace') ?? '').trimEnd().split('\n');
  return {
    file: (file.split('/').at(-1) ?? file).slice(0, 80),
    lastLine: (lines.at(-1) ?? '').slice(0, 160),
  };
}
