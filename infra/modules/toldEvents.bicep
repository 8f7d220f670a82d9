// What the app tells and an alert is about: it goes from the app's topic to a queue, where it can be read for a week, and
// is counted on the way. The alerts of alerts.bicep watch these subscriptions.

import { alertedEventTypes } from '../types.bicep'

@description('Name of the custom topic.')
param topicName string

@description('Resource id of the identity that Event Grid delivers with.')
param eventsIdentityId string

@description('The account of eventStorage.bicep, its queue and its container.')
param storageAccountId string
param toldQueue string
param deadLetterContainer string

param alertTypes alertedEventTypes

resource topic 'Microsoft.EventGrid/topics@2025-02-15' existing = {
  name: topicName
}

resource told 'Microsoft.EventGrid/topics/eventSubscriptions@2025-02-15' = [
  for alert in items(alertTypes): {
    parent: topic
    name: alert.key
    properties: {
      deliveryWithResourceIdentity: {
        identity: {
          type: 'UserAssigned'
          userAssignedIdentity: eventsIdentityId
        }
        destination: {
          endpointType: 'StorageQueue'
          properties: {
            resourceId: storageAccountId
            queueName: toldQueue
            queueMessageTimeToLiveInSeconds: 604800
          }
        }
      }
      deadLetterWithResourceIdentity: {
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
      eventDeliverySchema: 'CloudEventSchemaV1_0'
      filter: {
        includedEventTypes: alert.value
      }
      retryPolicy: {
        maxDeliveryAttempts: 30
        eventTimeToLiveInMinutes: 1440
      }
    }
  }
]
