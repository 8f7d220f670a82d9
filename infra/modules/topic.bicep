// The custom topic that the app sends its events to. toldEvents.bicep subscribes to it.

param name string
param token string
param location string
param tags object

@description('Object id of the app\'s identity.')
param appPrincipalId string

@description('Resource id of the identity that Event Grid delivers with.')
param eventsIdentityId string

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

output id string = topic.id
output name string = topic.name
output endpoint string = topic.properties.endpoint
