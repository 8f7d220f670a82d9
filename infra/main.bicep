// Everything that Airlock needs in Azure, in one resource group, and what it may do in yours.
//
// Event Grid can subscribe only to functions that are deployed. So this template is deployed twice: first without
// subscriptions, then, once the app is there, with `subscribeToEvents`. azure.yaml and the deploy workflow do both.
targetScope = 'subscription'

import { airflowVault, factoryScope, operatorVault, resourceTags, systemTopicNames } from 'types.bicep'

@description('Name of the environment, part of the resource group\'s name and of what makes names unique: letters, digits and hyphens.')
@minLength(1)
@maxLength(32)
param environmentName string

@description('Region. Only those with Flex Consumption; "az functionapp list-flexconsumption-locations" has today\'s list.')
@allowed([
  'australiaeast'
  'australiasoutheast'
  'brazilsouth'
  'canadacentral'
  'centralindia'
  'centralus'
  'eastasia'
  'eastus'
  'eastus2'
  'francecentral'
  'germanywestcentral'
  'italynorth'
  'japaneast'
  'koreacentral'
  'northcentralus'
  'northeurope'
  'norwayeast'
  'southafricanorth'
  'southcentralus'
  'southeastasia'
  'southindia'
  'spaincentral'
  'swedencentral'
  'uaenorth'
  'uksouth'
  'ukwest'
  'westcentralus'
  'westeurope'
  'westus'
  'westus2'
  'westus3'
])
@metadata({
  azd: {
    type: 'location'
  }
})
param location string

@description('Part of every name: letters, digits and hyphens.')
@minLength(2)
@maxLength(16)
param name string = 'airlock'

@description('Resource group of the app; empty: rg- and the environment\'s name.')
@maxLength(90)
param resourceGroupName string = ''

@description('Tags of everything that is made.')
param tags resourceTags = {}

@description('Text of the configuration, airlock.yaml; empty: it is in the package. The topic that the templates make is written into it in place of https://made-by-the-templates.eventgrid.azure.net/api/events.')
param configuration string

@description('Where runtimes are enabled.')
@minLength(1)
param factories factoryScope[]

@description('The operator\'s vaults.')
@minLength(1)
param operatorVaults operatorVault[]

@description('The vaults that Airflow reads.')
@minLength(1)
param airflowVaults airflowVault[]

@description('Roles on each secret (which must exist: infra/scripts/shells.mjs), or on the vaults.')
param rolesOnSecrets bool = true

@description('Who signs in to Airflow\'s web server with a token of Entra and so gets Contributor on the named factories: nobody (login with a password), the app\'s identity, or one of its own.')
@allowed(['nobody', 'app', 'ownIdentity'])
param airflowLogin string

@description('With what the app imports DAGs (importDags of a profile) on the named factories: it imports none, a custom role of that one operation, or Data Factory Contributor where Azure refuses the custom role.')
@allowed(['none', 'customRole', 'dataFactoryContributor'])
param dagImports string = 'none'

@description('Whether the app may see what its preflight looks at: its own permissions, the vaults\' settings. Nothing else needs it.')
param preflightAccess bool = true

@description('Whether the functions are deployed and events shall reach them.')
param subscribeToEvents bool = false

@description('Event source for runtimes: each resource group above, or the whole subscription.')
@allowed(['resourceGroups', 'subscription'])
param eventSource string = 'resourceGroups'

@description('System topics that exist, by resource group, by vault, or by the word subscription. They need the identity id-…-events.')
param existingSystemTopics systemTopicNames = {}

@description('Whether events of runtimes that cannot be delivered are kept as dead letters. Not where Event Grid refuses an identity on a topic in the location global, as it once did; sweeps find what those events would have told.')
param runtimeDeadLetters bool = true

@description('Whether a custom topic is made, to which the app sends its events. Three alerts need it.')
param customTopic bool = true

@description('Mail addresses that alerts go to; none: no alerts.')
param alertEmails string[] = []

@description('Object id of the group whose members may read dead letters and what the app told; empty: nobody.')
@maxLength(36)
param operatorsGroupId string = ''

@description('Durable back end.')
@allowed(['AzureStorage', 'DurableTaskScheduler'])
param durableBackEnd string = 'AzureStorage'

@description('Plan of the Durable Task Scheduler.')
@allowed(['Consumption', 'Dedicated'])
param schedulerSku string = 'Consumption'

@description('Redundancy of the storage accounts.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageSku string = 'Standard_LRS'

@description('Whether outbound traffic of the app goes through a virtual network.')
param vnetIntegration bool = false

@description('Whether storage and the vaults above get private endpoints. Takes vnetIntegration along.')
param privateEndpoints bool = false

@description('Subnet of the app, /27 or larger, and of private endpoints.')
param appSubnetPrefix string = '10.20.0.0/24'
param endpointsSubnetPrefix string = '10.20.1.0/24'

@description('Who may call the HTTP functions: whoever has a function key, or people and pipelines with app roles.')
@allowed(['functionKey', 'appService'])
param httpAuth string = 'functionKey'

@description('Client id of the app registration to sign in to, with appService.')
@maxLength(36)
param signInClientId string = ''

@description('Hours from one look for what no event told to the next, counted from midnight UTC. When two have passed without one, an alert comes.')
@allowed([1, 2, 3, 4, 6, 8, 12])
param sweepEveryHours int = 6

@description('When finished runs are purged (NCRONTAB, UTC).')
@minLength(11)
param purgeSchedule string = '0 30 3 * * *'

@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances that never go to sleep, of durable functions and of each function that events reach (three times as many in all). 0: the first event after a sleep may be refused and comes again after five minutes. HTTP functions and timers start cold all the same.')
@minValue(0)
@maxValue(20)
param alwaysReady int = 0

@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Most gigabytes of logs a day; -1: no limit.')
param logDailyCapGb int = 1

var token = toLower(uniqueString(subscription().id, environmentName, location))
var allTags = union(tags, { 'azd-env-name': environmentName })
var withNetwork = vnetIntegration || privateEndpoints
var alertsWanted = !empty(alertEmails)
var placeholderTopic = 'https://made-by-the-templates.eventgrid.azure.net/api/events'
var filters = loadJsonContent('filters.json')

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: empty(resourceGroupName) ? 'rg-${environmentName}' : resourceGroupName
  location: location
  tags: allTags
}

module identities 'modules/identities.bicep' = {
  name: 'airlock-identities-${token}'
  scope: group
  params: {
    name: name
    token: token
    location: location
    tags: allTags
    webServerIdentity: airflowLogin == 'ownIdentity'
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'airlock-monitoring-${token}'
  scope: group
  params: {
    name: name
    token: token
    location: location
    tags: allTags
    retentionDays: logRetentionDays
    dailyCapGb: logDailyCapGb
    senderPrincipalId: identities.outputs.appPrincipalId
  }
}

module hostStorage 'modules/hostStorage.bicep' = {
  name: 'airlock-host-storage-${token}'
  scope: group
  params: {
    token: token
    location: location
    tags: allTags
    sku: storageSku
    privateOnly: privateEndpoints
    appPrincipalId: identities.outputs.appPrincipalId
  }
}

module eventStorage 'modules/eventStorage.bicep' = {
  name: 'airlock-event-storage-${token}'
  scope: group
  params: {
    token: token
    location: location
    tags: allTags
    sku: storageSku
    privateOnly: privateEndpoints
    eventsPrincipalId: identities.outputs.eventsPrincipalId
    operatorsGroupId: operatorsGroupId
  }
}

module scheduler 'modules/scheduler.bicep' = if (durableBackEnd == 'DurableTaskScheduler') {
  name: 'airlock-scheduler-${token}'
  scope: group
  params: {
    name: name
    token: token
    location: location
    tags: allTags
    sku: schedulerSku
    appPrincipalId: identities.outputs.appPrincipalId
  }
}

module topic 'modules/topic.bicep' = if (customTopic) {
  name: 'airlock-topic-${token}'
  scope: group
  params: {
    name: name
    token: token
    location: location
    tags: allTags
    appPrincipalId: identities.outputs.appPrincipalId
    eventsIdentityId: identities.outputs.eventsId
  }
}

module access 'access.bicep' = {
  name: 'airlock-access-${token}'
  params: {
    environmentName: environmentName
    token: token
    appPrincipalId: identities.outputs.appPrincipalId
    webServerPrincipalId: airflowLogin == 'nobody'
      ? ''
      : (airflowLogin == 'app' ? identities.outputs.appPrincipalId : identities.outputs.webServerPrincipalId)
    factories: factories
    dagImports: dagImports
    operatorVaults: operatorVaults
    airflowVaults: airflowVaults
    rolesOnSecrets: rolesOnSecrets
    preflightAccess: preflightAccess
  }
}

module network 'modules/network.bicep' = if (withNetwork) {
  name: 'airlock-network-${token}'
  scope: group
  params: {
    name: name
    token: token
    location: location
    tags: allTags
    appPrefix: appSubnetPrefix
    endpointsPrefix: endpointsSubnetPrefix
    privateEndpoints: privateEndpoints
    hostStorageId: hostStorage.outputs.id
    eventStorageId: eventStorage.outputs.id
    vaultIds: access.outputs.vaultIds
  }
}

module functionApp 'modules/functionApp.bicep' = {
  name: 'airlock-function-app-${token}'
  scope: group
  params: {
    name: name
    token: token
    location: location
    tags: allTags
    identityId: identities.outputs.appId
    identityClientId: identities.outputs.appClientId
    webServerIdentityId: identities.outputs.webServerId
    webServerClientId: identities.outputs.webServerClientId
    storageAccountName: hostStorage.outputs.name
    packageContainerUrl: hostStorage.outputs.packageContainerUrl
    insightsConnectionString: monitoring.outputs.connectionString
    schedulerEndpoint: durableBackEnd == 'DurableTaskScheduler' ? scheduler!.outputs.endpoint : ''
    schedulerHubName: durableBackEnd == 'DurableTaskScheduler' ? scheduler!.outputs.hubName : ''
    configuration: customTopic ? replace(configuration, placeholderTopic, topic!.outputs.endpoint) : configuration
    httpAuth: httpAuth
    signInClientId: signInClientId
    sweepSchedule: '0 15 */${sweepEveryHours} * * *'
    purgeSchedule: purgeSchedule
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReady: alwaysReady
    alwaysReadyGroups: [
      'durable'
      'function:${filters.runtimes.function}'
      'function:${filters.credentials.function}'
    ]
    subnetId: withNetwork ? network!.outputs.appSubnetId : ''
  }
}

module actionGroup 'modules/actionGroup.bicep' = if (alertsWanted) {
  name: 'airlock-action-group-${token}'
  scope: group
  params: {
    name: name
    token: token
    tags: allTags
    emails: alertEmails
  }
}

module alerts 'modules/alerts.bicep' = if (alertsWanted) {
  name: 'airlock-alerts-${token}'
  scope: group
  params: {
    name: name
    token: token
    location: location
    tags: allTags
    actionGroupId: actionGroup!.outputs.id
    workspaceId: monitoring.outputs.workspaceId
    topicId: customTopic ? topic!.outputs.id : ''
    sweepEveryHours: sweepEveryHours
  }
}

module events 'events.bicep' = if (subscribeToEvents) {
  name: 'airlock-events-${token}'
  params: {
    name: name
    token: token
    tags: allTags
    appResourceGroup: group.name
    functionAppId: functionApp.outputs.id
    eventsIdentityId: identities.outputs.eventsId
    topicName: customTopic ? topic!.outputs.name : ''
    storageAccountId: eventStorage.outputs.id
    toldQueue: eventStorage.outputs.toldQueue
    deadLetterContainer: eventStorage.outputs.deadLetterContainer
    actionGroupId: alertsWanted ? actionGroup!.outputs.id : ''
    eventSource: eventSource
    factories: factories
    operatorVaults: operatorVaults
    vaultLocations: access.outputs.operatorVaultLocations
    existingSystemTopics: existingSystemTopics
    runtimeDeadLetters: runtimeDeadLetters
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output AIRLOCK_FUNCTION_APP string = functionApp.outputs.name
output AIRLOCK_URL string = 'https://${functionApp.outputs.hostName}'
output AIRLOCK_PRINCIPAL_ID string = identities.outputs.appPrincipalId
output AIRLOCK_EVENT_TOPIC string = customTopic ? topic!.outputs.endpoint : ''
output AIRLOCK_AIRFLOW_CLIENT_ID string = identities.outputs.webServerClientId
