/** How the app signs in to the Airflow web servers of one kind of runtime, in one cloud. */
export interface AirflowSignIn {
  /** What people call the cloud. */
  readonly cloud: string;
  /** Scopes of tokens that open these web servers and nothing else; the first one is taken where a profile names none. */
  readonly scopes: readonly [string, ...string[]];
  /** Endings of the hosts of these web servers. */
  readonly hosts: readonly string[];
  /** Where people open Airflow. */
  readonly portal: string;
  /** On what a role lets the app use Airflow, for a command. */
  readonly grantedOn: string;
}
