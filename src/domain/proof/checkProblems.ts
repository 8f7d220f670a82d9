/** Problems that an access check meets whatever proves access. One builder a problem. */
import type { Problem } from '../problems/problem.js';
import type { RuntimeWords } from '../values/runtimeWords.js';

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
      'Fix the file (or the requirement that it imports) and import it again, then start an access check.',
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
      'Read the log of its task in the Airflow web interface; fix what it says and start an access check.',
  };
}
