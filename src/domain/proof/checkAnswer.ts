/**
 * What the check DAG answers, and what it means. The answer is untrusted input (whoever writes DAGs can write any
 * answer): it is parsed by a schema where it comes in, and everything shown to people comes from here, not from it.
 */

/** How one look-up in the worker ended. */
type DirectOutcome = 'found' | 'missing' | 'error' | 'notConfigured';
type VariableOutcome = 'same' | 'other' | 'missing' | 'error';

/** The check DAG's XCom `return_value`, a JSON text (a text reads the same on every Airflow version). */
export interface CheckAnswer {
  readonly version: 1;
  /** Hex HMAC-SHA-256 of the nonce under the value that the back end gave; null where it gave none. */
  readonly answer: string | null;
  /** Value of the marker variable in the worker's environment; null where unset. */
  readonly marker: string | null;
  /** Dotted class path of the back end that is loaded in the worker; null where none is. */
  readonly backend: string | null;
  /** The vault URL that the back end was configured with; null or empty where it has none. */
  readonly vaultUrl: string | null;
  /** The back end asked directly, in the worker. */
  readonly direct: {
    readonly outcome: DirectOutcome;
    /** Python class name of the error. */
    readonly errorType: string | null;
    /** HTTP status that the error carries. */
    readonly status: number | null;
    /** `AADSTS` and digits, where the error's text has one. */
    readonly aadsts: string | null;
    /** One of the vault's inner error codes (`ForbiddenByRbac`, `ForbiddenByPolicy`, `ForbiddenByFirewall`, `SecretDisabled`, …). */
    readonly reason: string | null;
  };
  /** `Variable.get`, as a DAG does it, compared with what the back end gave directly. */
  readonly variable: { readonly outcome: VariableOutcome; readonly errorType: string | null };
  readonly airflow: string | null;
}

/** Task of the check DAG whose `return_value` is the answer. */
export const CHECK_TASK_ID = 'answer';
/** `dag_id` of the check DAG in `dags/`. */
export const CHECK_DAG_ID = 'airlock_check';
/** Keys of the `conf` that a check run is triggered with. */
export interface CheckConf {
  /** Airflow variable name of the canary. */
  readonly variable: string;
  /** Fresh random text, hex. */
  readonly nonce: string;
}
