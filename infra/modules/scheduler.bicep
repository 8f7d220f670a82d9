// The Durable Task Scheduler, the durable back end that scales further than Azure Storage
// (https://learn.microsoft.com/azure/azure-functions/durable/durable-task-scheduler/durable-task-scheduler).

param name string
param token string
param location string
param tags object

@allowed(['Consumption', 'Dedicated'])
param sku string

@description('Object id of the app\'s identity.')
param appPrincipalId string

resource scheduler 'Microsoft.DurableTask/schedulers@2026-02-01' = {
  name: 'dts-${name}-${token}'
  location: location
  tags: tags
  properties: {
    // An empty list denies everybody. Who gets in is decided by the role below; Flex Consumption has no fixed addresses.
    ipAllowlist: ['0.0.0.0/0']
    sku: sku == 'Dedicated'
      ? {
          name: sku
          capacity: 1
        }
      : {
          name: sku
        }
  }
}

resource hub 'Microsoft.DurableTask/schedulers/taskHubs@2026-02-01' = {
  parent: scheduler
  name: 'airlock'
}

// Durable Task Data Contributor
var contributorRole = '0ad04412-c4d5-4796-b79c-f76d14c8d402'

resource appWorks 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(hub.id, appPrincipalId, contributorRole)
  scope: hub
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', contributorRole)
  }
}

output endpoint string = scheduler.properties.endpoint
output hubName string = hub.name
