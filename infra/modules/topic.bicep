// The custom topic that the app sends its events to. What an alert is about goes to a queue as well, where it can be read
// for a week, and is counted there: the alerts of alerts.bicep watch these subscriptions.

param name string
param token string
param location string
param tags object

@description('Object id of the app\'s identity.')
param appPrincipalId string

@description('Resource id of the identity that Event Grid delivers with.')
param eventsIdentityId string

param storageAccountId string
param toldQueue string
param deadLetterContainer string

@description('Types of events by the name of their alert.')
param alertTypes object

resource topic 'Microsoft.EventGrid/topics@2025-02-15' = {
  name: 'evgt-${name}-${token}'
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${eventsIdentityId}': {}
    }
  }
  properties: {
    disableLocalAuth: true
    inputSchema: 'CloudEventSchemaV1_0'
    minimumTlsVersionAllowed: '1.2'
    publicNetworkAccess: 'Enabled'
  }
}

// EventGrid Data Sender
var senderRole = 'd5a91429-5739-47e2-a06b-3470a27159e7'

resource appSends 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(topic.id, appPrincipalId, senderRole)
  scope: topic
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', senderRole)
  }
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

output id string = topic.id
output endpoint string = topic.properties.endpoint
