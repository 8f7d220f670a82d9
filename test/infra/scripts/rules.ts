/** The rules of infra/scripts/check.mjs, which have no types of their own, and values that they take. */
import { pathToFileURL } from 'node:url';
import { projectFile } from '../../../local/project.js';
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

const load = async <K extends keyof Rules>(path: string): Promise<Pick<Rules, K>> =>
  (await import(pathToFileURL(projectFile('infra/scripts', path)).href)) as Pick<Rules, K>;
export const { checkParameters } = await load<'checkParameters'>('rules/parameters.mjs');
export const { checkAgreement } = await load<'checkAgreement'>('rules/agreement.mjs');

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
