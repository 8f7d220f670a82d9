/**
 * Which release of the Microsoft provider an Airflow gets. A requirement without a version makes pip take the newest one
 * that fits the Python, and with it the Airflow that this one demands: on Python 3.8, Airflow 2.6.3 becomes 2.10.5.
 *
 * Sources: what each release demands of Airflow and Python is in the provider's changelog
 * (https://airflow.apache.org/docs/apache-airflow-providers-microsoft-azure/stable/changelog.html) and in the
 * requirements of its own page there; the Pythons of Airflow are those of its README
 * (https://github.com/apache/airflow#requirements).
 */

import { compareVersions } from '../values/version.js';
import { releaseOf } from './pins.js';

/** The first release with the class of `BACKEND_CLASS`; before, it had another path ("comply with AIP-21", #19431). */
export const FIRST_WITH_CLASS = '3.4.0';
/** The first release that puts no separator behind an empty prefix (#26749). */
export const FIRST_WITHOUT_LEADING_SEPARATOR = '5.0.0';

interface Release {
  readonly release: string;
  /** The oldest Airflow that it takes; with an older one, pip would bring another Airflow. */
  readonly airflow: string;
  /** The oldest Python that it takes. */
  readonly python: string;
}

/** What was seen to work with this very version of a real Airflow (`npm run test:airflow`). */
const MEASURED: readonly Release[] = [
  { release: '6.2.0', airflow: '2.6.3', python: '3.8' },
  { release: '12.0.0', airflow: '2.10.5', python: '3.9' },
  { release: '15.1.0', airflow: '3.3.2', python: '3.10' },
];

/** The newest release of each pair of demands, newest first. */
const RELEASES: readonly Release[] = [
  { release: '15.1.0', airflow: '2.11', python: '3.10' },
  { release: '12.8.1', airflow: '2.10', python: '3.10' },
  { release: '12.4.1', airflow: '2.10', python: '3.9' },
  { release: '12.3.1', airflow: '2.9', python: '3.9' },
  { release: '11.1.0', airflow: '2.8', python: '3.9' },
  { release: '10.5.1', airflow: '2.8', python: '3.8' },
  { release: '10.3.0', airflow: '2.7', python: '3.8' },
  { release: '10.0.0', airflow: '2.6', python: '3.8' },
  { release: '8.3.0', airflow: '2.5', python: '3.8' },
  { release: '7.0.0', airflow: '2.4', python: '3.8' },
  { release: '6.1.1', airflow: '2.4', python: '3.7' },
  { release: '6.0.0', airflow: '2.3', python: '3.7' },
  { release: '4.3.0', airflow: '2.2', python: '3.7' },
];

/** The oldest Python of each Airflow, from a version on, newest first: the one to reckon with where a runtime tells none. */
const OLDEST_PYTHON: readonly (readonly [airflow: string, python: string])[] = [
  ['3.1', '3.10'],
  ['2.11', '3.9'],
  ['2.7', '3.8'],
  ['0', '3.7'],
];

export interface ChosenRelease {
  readonly release: string;
  /** For people: what it was chosen by, and whether anybody has seen it work. */
  readonly why: string;
}

/** The release for an Airflow and a Python as a runtime tells them; `undefined` where none is known. */
export function chooseRelease(
  airflowVersion: string | undefined,
  pythonVersion: string | undefined,
): ChosenRelease | undefined {
  const airflow = releaseOf(airflowVersion);
  if (airflow === undefined) return undefined;
  const told = releaseOf(pythonVersion);
  const measured = MEASURED.find((one) => compareVersions(one.airflow, airflow) === 0);
  if (measured && (told === undefined || compareVersions(told, measured.python) >= 0)) {
    const { release } = measured;
    return { release, why: `${release} was measured with Airflow ${airflow}` };
  }

  const python = told ?? oldestPython(airflow);
  const chosen = RELEASES.find(
    (one) => compareVersions(airflow, one.airflow) >= 0 && compareVersions(python, one.python) >= 0,
  );
  if (!chosen) return undefined;
  const on = told === undefined ? `Python ${python}, the oldest that it may have` : `Python ${python}`;
  const why = `${chosen.release} is the newest release known to take Airflow ${airflow} on ${on}; it is not measured with them`;
  return { release: chosen.release, why };
}

function oldestPython(airflow: string): string {
  return OLDEST_PYTHON.find(([from]) => compareVersions(airflow, from) >= 0)?.[1] ?? '3.7';
}
