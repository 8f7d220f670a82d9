import { LOCATION } from './names.js';

/** The `properties` of an Airflow runtime, as documented for managed Airflow's REST API, with these of its Airflow. */
export function airflowRuntime(airflowProperties: Record<string, unknown>): Record<string, unknown> {
  return {
    type: 'Airflow',
    typeProperties: {
      computeProperties: { location: LOCATION, computeSize: 'Large', extraNodes: 0 },
      airflowProperties: { airflowVersion: '2.6.3', enableAADIntegration: true, ...airflowProperties },
    },
  };
}
