/** What the templates are looked at with: the tests evaluate these sets, `npm run infra:compile` has the compiler do it. */
import { SECOND_STEP } from './evaluate/deploy.js';
import type { Environment } from './evaluate/functions.js';
import type { Members } from './evaluate/values.js';

export interface OptionSet {
  /** Name of its recorded snapshot, too. */
  readonly name: string;
  /** Parameters that take the place of those in main.bicepparam. */
  readonly over: Members;
  readonly environment: Environment;
}

/** Before the app is deployed. */
const FIRST_STEP: Environment = { ...SECOND_STEP, AIRLOCK_SUBSCRIBE: 'false' };

/** Everything that can be chosen, and the longest names. */
export const WIDEST: Members = {
  name: 'a'.repeat(16),
  environmentName: 'e'.repeat(32),
  alertEmails: ['ops@contoso.example'],
  durableBackEnd: 'DurableTaskScheduler',
  vnetIntegration: true,
  privateEndpoints: true,
  httpAuth: 'appService',
  signInClientId: '44444444-4444-4444-4444-444444444444',
  airflowLogin: 'ownIdentity',
  dagImports: 'customRole',
  alwaysReady: 1,
  factories: [
    { resourceGroup: 'r'.repeat(90), factory: 'f'.repeat(63) },
    { resourceGroup: 'r'.repeat(90) },
    { resourceGroup: 'rg-two' },
  ],
};

/** Secrets of every kind, more of them than a filter takes, and roles on the vaults. */
const VAULTS: Members = {
  rolesOnSecrets: false,
  preflightAccess: false,
  operatorVaults: [
    {
      resourceGroup: 'rg-sales',
      name: 'contoso-ops',
      minted: Array.from({ length: 26 }, (_, i) => `minted-${i}`),
      external: ['external'],
      referenced: ['referenced'],
    },
    { resourceGroup: 'rg-two', name: 'contoso-two', minted: [], external: [], referenced: ['git'] },
  ],
};

export const OPTION_SETS: readonly OptionSet[] = [
  { name: 'first-step', over: {}, environment: FIRST_STEP },
  { name: 'defaults', over: {}, environment: SECOND_STEP },
  { name: 'widest', over: WIDEST, environment: SECOND_STEP },
  {
    name: 'subscription-source',
    over: { ...WIDEST, eventSource: 'subscription' },
    environment: SECOND_STEP,
  },
  {
    name: 'existing-topics',
    over: {
      existingSystemTopics: { 'rg-sales': 'theirs', 'contoso-ops': 'its' },
      alertEmails: ['a@b.example'],
    },
    environment: SECOND_STEP,
  },
  {
    name: 'no-custom-topic',
    over: {
      customTopic: false,
      configuration: '',
      airflowLogin: 'nobody',
      tags: { owner: "the operator's" },
    },
    environment: SECOND_STEP,
  },
  { name: 'private-endpoints', over: { privateEndpoints: true }, environment: SECOND_STEP },
  {
    name: 'scheduler',
    over: { vnetIntegration: true },
    environment: { ...SECOND_STEP, AIRLOCK_DURABLE_BACK_END: 'DurableTaskScheduler' },
  },
  {
    name: 'whole-groups-and-vaults',
    over: {
      ...VAULTS,
      runtimeDeadLetters: false,
      factories: [{ resourceGroup: 'rg-sales' }],
      dagImports: 'dataFactoryContributor',
      resourceGroupName: 'ours',
    },
    environment: SECOND_STEP,
  },
];

/** Those whose snapshots are recorded in infra/snapshots. */
export const RECORDED = OPTION_SETS.filter(({ name }) => ['first-step', 'defaults', 'widest'].includes(name));
