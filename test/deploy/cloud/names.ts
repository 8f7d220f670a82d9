/** Names and ids of the user's cloud: many are those of examples/airlock.yaml and infra/main.bicepparam, where they must agree. */

export const SUBSCRIPTION = '33333333-3333-3333-3333-333333333333';
export const TENANT = '4f0c6d2b-8e17-4a95-b3d4-9c2e5f7a1b60';
/** What somebody who works for two customers is also signed in to. */
export const OTHER_SUBSCRIPTION = '55555555-5555-5555-5555-555555555555';
export const OTHER_TENANT = '66666666-6666-6666-6666-666666666666';

export const ENVIRONMENT_NAME = 'prod';
export const LOCATION = 'westeurope';
export const APP_GROUP = `rg-${ENVIRONMENT_NAME}`;

export const RESOURCE_GROUP = 'rg-sales';
export const FACTORY = 'adf-sales';
export const OPERATOR_VAULT = 'contoso-ops';
export const AIRFLOW_VAULT = 'contoso-airflow';
export const CREDENTIAL_SECRET = 'airflow-sp';

/** Airflow's application, and the object id of its service principal. */
export const READER = 'd3b9a1f4-5c28-4e6f-8a70-1e2d3c4b5a69';
export const READER_OBJECT_ID = '2b0f1d6c-7e4a-4c53-9d80-5a61f3e8b7c2';
/** Whoever deploys: the person with azd, or the workflow's own principal. */
export const DEPLOYER = '8a4c1e90-3b5d-47f2-a6c8-d90e1f2b3a4c';

export const SUBSCRIPTION_ID = `/subscriptions/${SUBSCRIPTION}`;
