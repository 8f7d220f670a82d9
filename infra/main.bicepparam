using 'main.bicep'

// azd sets these two; without azd: export them, or write them here. A region to which Flex Consumption has come since is
// to be added to the list in main.bicep.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')

// The app's configuration. Copy examples/airlock.yaml to airlock.yaml and make it yours;
// `npm run config:check -- airlock.yaml` checks it. What it names must be named below as well: there it gets its roles. The
// preflight shows what was forgotten. As they are, this file and the example agree.
param configuration = loadTextContent('../airlock.yaml')

// Where your runtimes are. Leave `factory` out where a profile matches factories by pattern: the app then gets its role
// on the whole resource group, which it needs to find them.
param factories = [
  {
    resourceGroup: 'rg-sales'
    factory: 'adf-sales'
  }
]

// Your own vault: client secrets and passwords. Airflow reads nothing here.
//   minted      secrets of credentials with rotation strategy graph; each gets a twin, <name>-pending
//   external    secrets of credentials that somebody else renews
//   referenced  other secrets that profiles name: passwords, git credentials, hidden variables
param operatorVaults = [
  {
    resourceGroup: 'rg-sales'
    name: 'contoso-ops'
    minted: []
    external: ['airflow-sp']
    referenced: []
  }
]

// The vault that Airflow reads.
//   canaries  variablesPrefix, separator and canary of the profile, as one name
//   readers   object id of Airflow's service principal: az ad sp show --id <client id> --query id
param airflowVaults = [
  {
    resourceGroup: 'rg-sales'
    name: 'contoso-airflow'
    canaries: ['airflow-variables-airlock-canary']
    readers: ['00000000-0000-0000-0000-000000000000']
  }
]

// Roles on each secret, which must exist: infra/scripts/shells.mjs makes those that are missing. With false the app gets
// its roles on the vaults.
param rolesOnSecrets = true

// What the preflight looks at with the app's own identity: its permissions on factories and vaults, the vaults' settings.
// The app works without.
param preflightAccess = true

// How profiles sign in to Airflow's web server (access.login): 'nobody' where all of them use a password; 'app' where
// they use Entra: Airflow then wants Contributor on the factory, which is more than the app needs for anything else.
param airflowLogin = 'app'

// How the app may import DAGs, where a profile says importDags. Azure's documented list of operations lacks the one that is
// called: if it refuses 'customRole' (InvalidActionOrNotAction), take 'dataFactoryContributor'.
param dagImports = 'none'

// Alerts go here; an empty list makes none.
param alertEmails = []

// Object id of the group whose members may read dead letters and what the app told; storage has no keys, and an Owner sees
// neither (docs/operations.md, "What was put aside").
param operatorsGroupId = ''

// Set once the app is deployed: Event Grid subscribes only to functions that are there. infra/scripts/deploy.mjs does it by
// itself, for one run with the first variable: azd takes what its environment holds (the second) before what the process has.
param subscribeToEvents = bool(readEnvironmentVariable(
  'AIRLOCK_SUBSCRIBE_NOW',
  readEnvironmentVariable('AIRLOCK_SUBSCRIBE', 'false')
))

// 'subscription': one event source for all resource groups. A source that has a system topic already:
//   param existingSystemTopics = { 'rg-sales': 'its-topic' }
param eventSource = 'resourceGroups'

// Or 'DurableTaskScheduler', which Microsoft recommends where much runs side by side (docs/cost.md). A variable, since the
// package must say the same: azd env set AIRLOCK_DURABLE_BACK_END DurableTaskScheduler; without azd, export it.
param durableBackEnd = readEnvironmentVariable('AIRLOCK_DURABLE_BACK_END', 'AzureStorage')

// Outbound traffic through a virtual network, and private endpoints for storage and vaults.
param vnetIntegration = false
param privateEndpoints = false

// 'appService': people and pipelines sign in, with the app roles reader, operator and approver; name the registration.
param httpAuth = 'functionKey'
param signInClientId = ''
