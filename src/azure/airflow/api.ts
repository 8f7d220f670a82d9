import type { AirflowSignIn } from '../../domain/configuration/airflowSignIn.js';
import type { AirflowLogin } from '../../domain/configuration/profile.js';
import type { CallFailure } from '../../domain/problems/callResult.js';
import type { CheckAnswer, CheckConf } from '../../domain/proof/checkAnswer.js';
import type { Secret } from '../../domain/values/secret.js';

/** `v1` is Airflow 2's REST API, `v2` Airflow 3's. */
export type ApiVersion = 'v1' | 'v2';

/** How to reach the Airflow of one runtime. */
export interface AirflowTarget {
  /** Address of the runtime's web server; its path does not count. */
  readonly webUrl: string;
  /** That of the runtime's kind. */
  readonly signIn: AirflowSignIn;
  readonly login: AirflowLogin;
  readonly password?: Secret;
  readonly trustedOrigin?: string;
}

export interface ImportError {
  /** File name without its folders. */
  readonly file: string;
  /** Last line of the stack trace: the error itself. */
  readonly lastLine: string;
}

/** The parts of Airflow's REST API that the access check needs, alike for both versions. */
export interface AirflowApi {
  /** Asks which API answers and whether scheduler and metadata database are healthy. */
  health(): Promise<
    | { readonly kind: 'healthy'; readonly api: ApiVersion; readonly airflowVersion?: string }
    | { readonly kind: 'notYet'; readonly message: string }
    | CallFailure
  >;
  /** How many task instances are running or queued, of all DAGs. */
  activeTasks(api: ApiVersion): Promise<{ readonly kind: 'counted'; readonly tasks: number } | CallFailure>;
  dag(
    api: ApiVersion,
    dagId: string,
  ): Promise<
    | { readonly kind: 'found'; readonly paused: boolean }
    | { readonly kind: 'missing'; readonly importErrors: readonly ImportError[] }
    | CallFailure
  >;
  unpause(api: ApiVersion, dagId: string): Promise<{ readonly kind: 'unpaused' } | CallFailure>;
  trigger(
    api: ApiVersion,
    dagId: string,
    dagRunId: string,
    conf: CheckConf | Record<string, never>,
  ): Promise<{ readonly kind: 'triggered' } | { readonly kind: 'alreadyTriggered' } | CallFailure>;
  dagRun(
    api: ApiVersion,
    dagId: string,
    dagRunId: string,
  ): Promise<{ readonly kind: 'found'; readonly state: string } | { readonly kind: 'missing' } | CallFailure>;
  /** The task's `return_value`, parsed as the check DAG's answer. */
  answer(
    api: ApiVersion,
    dagId: string,
    dagRunId: string,
    taskId: string,
  ): Promise<
    | { readonly kind: 'answered'; readonly answer: CheckAnswer }
    | { readonly kind: 'malformed' }
    | { readonly kind: 'missing' }
    | CallFailure
  >;
}
