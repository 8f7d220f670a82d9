/** The settings of an Airflow that the app works on, by names of its own, whatever service keeps them and wherever. */

import type { Json, JsonObject } from '../values/json.js';

/** Environment variables of Airflow's processes. */
export const ENVIRONMENT = 'environment';
/** Overrides of Airflow's configuration, by the names of their variables. */
export const OVERRIDES = 'overrides';
/** Python packages that are installed besides Airflow. */
export const REQUIREMENTS = 'requirements';

/** What holds variables. */
export type VariableContainer = typeof ENVIRONMENT | typeof OVERRIDES;
/** Everything of which the app writes a part. */
export const CONTAINERS = [ENVIRONMENT, OVERRIDES, REQUIREMENTS] as const;
export type Container = (typeof CONTAINERS)[number];

/** Each container as the service gives it, looked at before it is believed; absent: it shows none. */
export type AirflowSettings = Readonly<Partial<Record<Container, Json>>>;

/** The variables of a runtime, by what holds them. */
export type Containers = Readonly<Record<VariableContainer, JsonObject>>;
