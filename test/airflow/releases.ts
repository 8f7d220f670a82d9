/** The Apache Airflows that the app is proven on, each with a provider for Key Vault. */

export interface Release {
  /** Name of the virtual environment. */
  readonly name: string;
  readonly airflow: string;
  /** Packages published after this day are not taken; absent: the newest that fit. It stands for Airflow's constraint files. */
  readonly cutOff?: string;
  /** All cases, or only those in which the provider and Azure's SDK have a part. */
  readonly cases: 'all' | 'provider';
}

export const RELEASES: readonly Release[] = [
  // What managed Airflow in Data Factory runs.
  { name: '2.6.3', airflow: '2.6.3', cutOff: '2023-07-11', cases: 'all' },
  // What Fabric runs.
  { name: '2.10.5', airflow: '2.10.5', cutOff: '2025-02-11', cases: 'all' },
  { name: '2.10.5-newest', airflow: '2.10.5', cases: 'provider' },
  { name: '3.3.2', airflow: '3.3.2', cutOff: '2026-09-18', cases: 'all' },
  { name: '3.3.2-newest', airflow: '3.3.2', cases: 'provider' },
];

/** The releases over which a credential is rotated: as far apart as they are. */
export const ROTATED_TOGETHER: readonly string[] = ['2.6.3', '3.3.2'];

/** Whether it is Airflow 3, whose processes and REST API are others. */
export function isAirflow3({ airflow }: Release): boolean {
  return Number(airflow.split('.')[0]) >= 3;
}
