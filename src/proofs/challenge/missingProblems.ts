/** Problems of a check run that has left no answer, or nothing to judge it by. One builder a problem. */
import type { Problem } from '../../domain/problems/problem.js';

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
