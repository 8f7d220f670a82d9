// One source of events with its subscription to a function of the app: filtered, tried for a day, then kept as a dead
// letter, which raises an alert. A source has at most one system topic: one that is there already is named, not made.

import { advancedFilter } from '../types.bicep'

@description('Name of the system topic.')
param topicName string

@description('Whether the topic exists. It must have the identity below.')
param topicExists bool

@description('Resource id of the subscription, resource group or vault.')
param sourceId string

@allowed(['Microsoft.Resources.Subscriptions', 'Microsoft.Resources.ResourceGroups', 'Microsoft.KeyVault.vaults'])
param topicType string

@description('"global" for subscriptions and resource groups, the vault\'s region for vaults.')
param location string

param tags object

@description('Name of the event subscription.')
param subscriptionName string

@description('Resource id of the function.')
param functionId string

param includedEventTypes string[]
param advancedFilters advancedFilter[]

@description('Resource id of the identity that Event Grid delivers with.')
param eventsIdentityId string

@description('The account of eventStorage.bicep and its container.')
param storageAccountId string
param deadLetterContainer string

@description('Whether what cannot be delivered is kept, which takes the identity on the topic.')
param deadLetters bool

@description('Resource id of the action group; empty: no alert.')
param actionGroupId string

resource made 'Microsoft.EventGrid/systemTopics@2025-02-15' = if (!topicExists) {
  name: topicExists ? 'none' : topicName
  location: location
  tags: tags
  identity: deadLetters
    ? {
        type: 'UserAssigned'
        userAssignedIdentities: {
          '${eventsIdentityId}': {}
        }
      }
    : null
  properties: {
    source: sourceId
    topicType: topicType
  }
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource subscribed 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: subscriptionName
  dependsOn: [made]
  properties: {
    destination: {
      endpointType: 'AzureFunction'
      properties: {
        resourceId: functionId
        // One at a time: each is one decision, and a failure brings back that one alone.
        maxEventsPerBatch: 1
        preferredBatchSizeInKilobytes: 64
      }
    }
    eventDeliverySchema: 'EventGridSchema'
    filter: {
      includedEventTypes: includedEventTypes
      advancedFilters: advancedFilters
    }
    retryPolicy: {
      maxDeliveryAttempts: 30
      eventTimeToLiveInMinutes: 1440
    }
    deadLetterWithResourceIdentity: deadLetters
      ? {
          identity: {
            type: 'UserAssigned'
            userAssignedIdentity: eventsIdentityId
          }
          deadLetterDestination: {
            endpointType: 'StorageBlob'
            properties: {
              resourceId: storageAccountId
              blobContainerName: deadLetterContainer
            }
          }
        }
      : null
  }
}

resource deadLettered 'Microsoft.Insights/metricAlerts@2026-01-01' = if (deadLetters && !empty(actionGroupId)) {
  name: 'airlock-dead-letters-${topicName}'
  location: 'global'
  tags: tags
  dependsOn: [made]
  properties: {
    description: 'Events were not taken by the app and lie in the dead-letter container. See docs/operations.md, "Dead letters".'
    severity: 2
    enabled: true
    // Each blob is a case of its own, and between two of them there are no numbers that would end the alert.
    autoMitigate: false
    scopes: [topic.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'deadLettered'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.EventGrid/systemTopics'
          metricName: 'DeadLetteredCount'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [
      {
        actionGroupId: actionGroupId
      }
    ]
  }
}
