/** Problems that the access check meets before there is an answer to judge. One builder a problem. */
import type { Problem } from '../problems/problem.js';
import type { RuntimeWords } from '../values/runtimeWords.js';

/** Why the success of a user's own DAG is the weaker proof. */
export const WEAKER_PROOF =
  'A successful run of this DAG does not show which layer answered: Airflow falls back to environment variables and its metastore when the vault refuses. Use proof kind `challenge` with the check DAG for a proof of the vault itself.';

export function webServerNotHealthy(message: string, { portal }: Pick<RuntimeWords, 'portal'>): Problem {
  return {
    code: 'webServerNotHealthy',
    message: `The Airflow web server is not healthy: ${message}.`,
    remedy: `If it stays so, open Airflow from ${portal}: a back end class that cannot be loaded or a broken requirement keeps Airflow from starting.`,
  };
}

export function dagMissing(dagId: string, source: { fromGit: boolean; imports: boolean }): Problem {
  const remedy = source.fromGit
    ? `Add dags/${dagId}.py of this project to the dags/ folder of the runtime's git repository.`
    : source.imports
      ? `Put dags/${dagId}.py of this project into the dags/ folder of the storage path that access.importDags names.`
      : `Import a folder with dags/${dagId}.py of this project into the runtime, or name the storage linked service in access.importDags so that the app imports it.`;
  return { code: 'dagMissing', message: `Airflow has no DAG ${dagId}.`, remedy };
}

/** The error that keeps a DAG from being imported: that of the file of its name, or else the first of any file. */
export function importErrorBehind<E extends { readonly file: string }>(
  dagId: string,
  errors: readonly E[],
): E | undefined {
  return errors.find(({ file }) => file === `${dagId}.py`) ?? errors[0];
}

export function dagNotImported(dagId: string, error: { file: string; lastLine: string }): Problem {
  return {
    code: 'dagImportError',
    message: `Airflow has no DAG ${dagId}; it could not import ${error.file}: ${error.lastLine}`,
    remedy:
      'Mend the file (or the requirement that it imports) and import it again, then start an access check.',
  };
}

export function dagRunGone(dagId: string, dagRunId: string): Problem {
  return {
    code: 'dagRunGone',
    message: `The run ${dagRunId} of the DAG ${dagId} is not there any more.`,
    remedy: 'Somebody deleted it, or the metadata database was reset: start an access check again.',
  };
}

export function dagRunFailed(dagId: string, dagRunId: string): Problem {
  return {
    code: 'dagRunFailed',
    message: `The run ${dagRunId} of the DAG ${dagId} failed.`,
    remedy:
      'Read the log of its task in the Airflow web interface; mend what it says and start an access check.',
  };
}

export function answerMissing(dagId: string): Problem {
  return {
    code: 'answerMissing',
    message: `The run of the DAG ${dagId} succeeded but left no answer.`,
    remedy: `The file behind ${dagId} is not this project's check DAG: put dags/airlock_check.py there unchanged.`,
  };
}

export function answerMalformed(dagId: string): Problem {
  return {
    code: 'answerMalformed',
    message: `The answer of the DAG ${dagId} is not one that the check DAG gives.`,
    remedy:
      'Put dags/airlock_check.py of this version of the app there unchanged. If it is: an XCom back end of your own (AIRFLOW__CORE__XCOM_BACKEND) that overrides orm_deserialize_value changes what the web server shows; leave the texts of airlock_check as they are there.',
  };
}

export function canaryMissing(where: string): Problem {
  return {
    code: 'canaryMissing',
    message: `The canary is not there: ${where}.`,
    remedy: 'Somebody deleted it during the check: start an access check, it makes a new one.',
  };
}

export function canaryChanged(where: string): Problem {
  return {
    code: 'canaryChanged',
    message: `The canary ${where} got a new version during the check.`,
    remedy: 'The check asks again by itself; if this stays, find out what writes to the canary.',
  };
}
