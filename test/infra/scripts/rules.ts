/** The rules of infra/scripts/check.mjs, open to values that are wrong in ways which their own types refuse, and such values. */
import { checkAgreement as agreementOf } from '../../../infra/scripts/rules/agreement.mjs';
import { checkParameters as parametersOf } from '../../../infra/scripts/rules/parameters.mjs';
import { compiled, type Json } from './compiled.js';

export { namedIn } from '../../../infra/scripts/config.mjs';

export interface Fault {
  readonly file: string;
  readonly name: string;
  readonly text: string;
  readonly remedy: string;
}
export type Values = Readonly<Record<string, Json>>;
interface Rules {
  checkParameters(parameters: { values: Values; declared: object; definitions?: object }): readonly Fault[];
  checkAgreement(
    values: Values,
    named: object,
    subscription?: string,
  ): { readonly faults: readonly Fault[]; readonly notes: readonly string[] };
}

export const checkParameters = parametersOf as Rules['checkParameters'];
export const checkAgreement = agreementOf as Rules['checkAgreement'];

export const READER = '0b3f51c8-1111-4222-8333-94a5b6c7d8e9';
export const OPERATOR = {
  resourceGroup: 'rg-sales',
  name: 'contoso-ops',
  minted: ['airflow-sp'],
  external: ['other-sp'],
  referenced: ['airflow-web'],
};
export const AIRFLOW = {
  resourceGroup: 'rg-sales',
  name: 'contoso-airflow',
  canaries: ['airflow-variables-airlock-canary'],
  readers: [READER],
};
export const { values, declared } = compiled({
  environmentName: 'prod',
  location: 'westeurope',
  durableBackEnd: 'AzureStorage',
  operatorVaults: [OPERATOR],
  airflowVaults: [AIRFLOW],
  alertEmails: ['ops@contoso.example'],
  dagImports: 'customRole',
});

export const words = (all: readonly Fault[]) => all.map(({ name, text }) => `${name}: ${text}`);
export const operator = (over: Values) => ({ operatorVaults: [{ ...OPERATOR, ...over }] });
export const airflow = (over: Values) => ({ airflowVaults: [{ ...AIRFLOW, ...over }] });
export const factory = (resourceGroup: string, name?: string) => ({
  resourceGroup,
  ...(name === undefined ? {} : { factory: name }),
});
