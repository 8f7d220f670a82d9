/**
 * Every problem that a run can have: its code, what that means for people and what to do. docs/problems.md is made from it
 * (`npm run docs`), and so are the lists of codes that the API and the events give.
 */
import { APP } from './catalogue/app.js';
import { CREDENTIAL, ROTATION } from './catalogue/credentials.js';
import { CHECK_DAG, WORKER } from './catalogue/proof.js';
import { RUNTIME, WEB_SERVER } from './catalogue/runtimes.js';
import { RESOURCE_MANAGER, VAULTS } from './catalogue/services.js';
import { CONFLICTS, ONLY_REPORTED } from './catalogue/settings.js';

/** By subject, in the order in which people read them. */
export const CATALOGUE = {
  'conflicts: nothing was written': CONFLICTS,
  'only reported: nothing was written': ONLY_REPORTED,
  'the credential': CREDENTIAL,
  rotation: ROTATION,
  'vaults, as the app or the principal meets them': VAULTS,
  'Resource Manager': RESOURCE_MANAGER,
  'the runtime': RUNTIME,
  "Airflow's web server": WEB_SERVER,
  'the check DAG': CHECK_DAG,
  'what the worker found': WORKER,
  'the app': APP,
} as const;

type Subject = keyof typeof CATALOGUE;

/** Code of a problem; stable. One that is not in the catalogue does not compile. */
export type ProblemCode = { readonly [S in Subject]: keyof (typeof CATALOGUE)[S] }[Subject];

export const PROBLEM_CODES = Object.values(CATALOGUE).flatMap((codes) =>
  Object.keys(codes),
) as readonly ProblemCode[];
