// The subscriptions to events. The app's own: what is written in the factories' resource groups (or in the whole
// subscription), and what happens to the credentials' secrets in the operator's vaults. And those of its topic, for alerts.
// All of them come with the second deployment: Event Grid looks for the functions, and for its identity's roles, which
// need minutes to have effect.
targetScope = 'subscription'

import { factoryScope, operatorVault, resourceTags, systemTopicNames } from 'types.bicep'

param name string
param token string
param tags resourceTags

@description('Resource group of the app; the topic of a whole subscription lies there.')
param appResourceGroup string

param functionAppId string
param eventsIdentityId string

@description('Name of the app\'s custom topic; empty: there is none.')
param topicName string

@description('The account of eventStorage.bicep, its queue and its container.')
param storageAccountId string
param toldQueue string
param deadLetterContainer string

@description('Resource id of the action group; empty: no alerts.')
param actionGroupId string

@allowed(['resourceGroups', 'subscription'])
param eventSource string

@description('As in main.bicep.')
param factories factoryScope[]
param operatorVaults operatorVault[]

@description('Regions of these vaults.')
param vaultLocations string[]

@description('System topics that exist, by resource group, vault or the word subscription.')
param existingSystemTopics systemTopicNames

@description('As in main.bicep.')
param runtimeDeadLetters bool

var filters = loadJsonContent('filters.json')

// A resource group with two factories is one source.
var listedGroups = [for one in factories: one.resourceGroup]
var groups = union(listedGroups, listedGroups)

module ofGroups 'modules/eventSource.bicep' = [
  for one in groups: if (eventSource == 'resourceGroups') {
    name: 'airlock-events-group-${uniqueString(one)}-${token}'
    scope: resourceGroup(one)
    params: {
      topicName: existingSystemTopics[?one] ?? take('evgt-${name}-${uniqueString(one)}-${token}', 50)
      topicExists: contains(existingSystemTopics, one)
      sourceId: '${subscription().id}/resourceGroups/${one}'
      topicType: 'Microsoft.Resources.ResourceGroups'
      location: 'global'
      deadLetters: runtimeDeadLetters
      tags: tags
      subscriptionName: '${name}-runtimes-${token}'
      functionId: '${functionAppId}/functions/${filters.runtimes.function}'
      includedEventTypes: filters.runtimes.includedEventTypes
      advancedFilters: filters.runtimes.advancedFilters
      eventsIdentityId: eventsIdentityId
      storageAccountId: storageAccountId
      deadLetterContainer: deadLetterContainer
      actionGroupId: actionGroupId
    }
  }
]

module ofSubscription 'modules/eventSource.bicep' = if (eventSource == 'subscription') {
  name: 'airlock-events-subscription-${token}'
  scope: resourceGroup(appResourceGroup)
  params: {
    topicName: existingSystemTopics.?subscription ?? take('evgt-${name}-subscription-${token}', 50)
    topicExists: contains(existingSystemTopics, 'subscription')
    sourceId: subscription().id
    topicType: 'Microsoft.Resources.Subscriptions'
    location: 'global'
    deadLetters: runtimeDeadLetters
    tags: tags
    subscriptionName: '${name}-runtimes-${token}'
    functionId: '${functionAppId}/functions/${filters.runtimes.function}'
    includedEventTypes: filters.runtimes.includedEventTypes
    advancedFilters: filters.runtimes.advancedFilters
    eventsIdentityId: eventsIdentityId
    storageAccountId: storageAccountId
    deadLetterContainer: deadLetterContainer
    actionGroupId: actionGroupId
  }
}

module ofVaults 'modules/eventSource.bicep' = [
  for (vault, i) in operatorVaults: if (!empty(vault.minted) || !empty(vault.external)) {
    name: 'airlock-events-vault-${uniqueString(vault.name)}-${token}'
    scope: resourceGroup(vault.resourceGroup)
    params: {
      topicName: existingSystemTopics[?vault.name] ?? take(
        'evgt-${name}-${uniqueString('vault', vault.name)}-${token}',
        50
      )
      topicExists: contains(existingSystemTopics, vault.name)
      sourceId: '${subscription().id}/resourceGroups/${vault.resourceGroup}/providers/Microsoft.KeyVault/vaults/${vault.name}'
      topicType: 'Microsoft.KeyVault.vaults'
      location: vaultLocations[i]
      deadLetters: true
      tags: tags
      subscriptionName: '${name}-credentials-${token}'
      functionId: '${functionAppId}/functions/${filters.credentials.function}'
      includedEventTypes: filters.credentials.includedEventTypes
      // The names of credentials, not of their pending twins: what the app stages is no news to it. Event Grid takes so many
      // values and no more; above that only the twins are kept out, and the app ignores what else comes.
      advancedFilters: [
        length(vault.minted) + length(vault.external) <= filters.credentials.mostNames
          ? {
              operatorType: 'StringIn'
              key: filters.credentials.nameKey
              values: concat(vault.minted, vault.external)
            }
          : {
              operatorType: 'StringNotEndsWith'
              key: filters.credentials.nameKey
              values: [filters.credentials.pendingEnding]
            }
      ]
      eventsIdentityId: eventsIdentityId
      storageAccountId: storageAccountId
      deadLetterContainer: deadLetterContainer
      actionGroupId: actionGroupId
    }
  }
]

module ofTopic 'modules/toldEvents.bicep' = if (!empty(topicName)) {
  name: 'airlock-told-events-${token}'
  scope: resourceGroup(appResourceGroup)
  params: {
    topicName: topicName
    eventsIdentityId: eventsIdentityId
    storageAccountId: storageAccountId
    toldQueue: toldQueue
    deadLetterContainer: deadLetterContainer
    alertTypes: filters.alerts
  }
}
