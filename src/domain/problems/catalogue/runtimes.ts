import { alike, type ExplainedCodes } from '../explained.js';

/** The runtime is in a state in which nothing goes on. */
export const RUNTIME = {
  ...alike(['runtimeStopped', 'runtimeStateUnknown'], {
    meaning: 'it is stopped, or in a state that the app does not know',
    remedy: 'start it in Studio; look at it there',
  }),
  ...alike(['runtimeFailed', 'runtimeNotReady'], {
    meaning: 'failed state, or not ready in time',
    remedy: 'fix it in Studio; or raise `limits`',
  }),
  ...alike(['webServerUnknown', 'webServerNotHealthy'], {
    meaning:
      'no web server, or it never becomes healthy (a back end class or requirement that cannot be loaded keeps Airflow from starting)',
    remedy: 'open Airflow from Studio',
  }),
} as const satisfies ExplainedCodes;

/** Airflow's web server does not let the app in, or something else answers in its place. */
export const WEB_SERVER = {
  ...alike(['airflowUnauthorized', 'airflowForbidden'], {
    meaning: 'the login is not accepted, or may not trigger DAGs',
    remedy:
      'correct `access.login` (the preflight names the accepted scope), or grant Contributor: the remedy has the command',
  }),
  airflowScopeUnknown: {
    meaning: 'the tenant has no application of the name in `access.login.scope`',
    remedy: 'another scope, or none',
  },
  airflowHostNotTrusted: {
    meaning: "the web server is not one of the cloud's hosts; no token was sent",
    remedy: '`access.trustedOrigin`',
  },
  ...alike(['airflowRedirected', 'airflowNotJson', 'airflowRefused'], {
    meaning: 'a login page or gateway answers in its place',
    remedy: 'correct `access.login`',
  }),
} as const satisfies ExplainedCodes;
