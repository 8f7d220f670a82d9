/** The rows of the rehearsal: by which method, what goes wrong, how it ends and what the user is told. */
import * as wrong from './misbehaviours.js';
import type { Row } from './row.js';

type Expected = Omit<Row, 'method' | 'misbehaviour'>;

const well = (says?: RegExp): Expected => ({ ends: 'well', ...(says ? { says } : {}) });
const stops = (says?: RegExp): Expected => ({ ends: 'stops', ...(says ? { says } : {}) });

const UP: readonly (readonly [wrong.Misbehaviour, Expected])[] = [
  [wrong.STRAIGHT, well()],
  [wrong.DOWN, well()],
  [wrong.FORBIDDEN_ONCE, stops(/if the upload is refused \(403\), run azd up again/)],
  [wrong.PARTLY, stops(/partially successful/)],
  [wrong.LATE_ROLES, well(/waiting .*roles on its storage account/)],
  [wrong.LATER_ROLES, stops(/if the upload is refused \(403\), run azd up again/)],
  [wrong.LATE_INDEX, well(/waiting .*runtimeEvents/)],
  [wrong.IDENTITY_REFUSED, well(/again .*identity has no right/)],
  [wrong.WARNINGS, well()],
  [wrong.OTHER_DEFAULT, well()],
  [wrong.ANOTHER_TENANT, stops(/az login/)],
  [wrong.POLICY, stops(/RequestDisallowedByPolicy/)],
  [wrong.NO_GRAPH, well(/let somebody who is that run: node infra\/scripts\/graph.mjs --principal/)],
  [wrong.ACCESS_POLICIES, stops(/--enable-rbac-authorization true/)],
  [wrong.NO_SECRET, stops(/az keyvault secret set --vault-name contoso-ops/)],
  [wrong.NO_READER, stops(/readers/)],
  [wrong.WRONG_CONFIGURATION, stops(/airflow-raeder/)],
  [wrong.EMPTY_FLAG, stops(/AIRLOCK_SUBSCRIBE/)],
  ...wrong.KILLS.map((kill) => [kill, stops()] as const),
  [wrong.KILLED_BEFORE_SUBSCRIBING, { ends: 'stops', again: 'azd deploy' }],
];

const WORKFLOW: readonly (readonly [wrong.Misbehaviour, Expected])[] = [
  [wrong.STRAIGHT, well()],
  [wrong.MANGLED, well()],
  [wrong.WARNINGS, well()],
  [wrong.FORBIDDEN_TWICE, well(/then the upload again/)],
  [wrong.PARTLY, well(/then the upload again .*partially successful/)],
  [wrong.LATER_ROLES, well(/then the upload again/)],
  [wrong.LATE_INDEX, well(/waiting .*runtimeEvents/)],
  [wrong.IDENTITY_REFUSED, well(/again .*identity has no right/)],
  [wrong.POLICY, stops(/Bad input/)],
  [wrong.NO_GRAPH, stops(/let somebody who is that run: node infra\/scripts\/graph.mjs --principal/)],
  [wrong.ACCESS_POLICIES, stops(/--enable-rbac-authorization true/)],
  [wrong.NO_SECRET, stops(/az keyvault secret set --vault-name contoso-ops/)],
  [wrong.NO_READER, stops(/readers/)],
  [wrong.WRONG_CONFIGURATION, stops(/airflow-raeder/)],
  [wrong.WRONG_BETWEEN, stops(/config:check.*airflow-raeder/)],
];

export const ROWS: readonly Row[] = [
  ...UP.map(([misbehaviour, expected]) => ({ method: 'azd up' as const, misbehaviour, ...expected })),
  ...WORKFLOW.map(([misbehaviour, expected]) => ({ method: 'workflow' as const, misbehaviour, ...expected })),
];

/** The row of a method with a misbehaviour. Throws where there is none. */
export function rowOf(method: Row['method'], misbehaviour: wrong.Misbehaviour): Row {
  const row = ROWS.find((one) => one.method === method && one.misbehaviour === misbehaviour);
  if (row === undefined) throw new Error(`There is no row "${misbehaviour.name}" of ${method}.`);
  return row;
}
