// Storage of events that were put aside: dead letters, and what the app told. Apart from the host's, since Event Grid
// checks its identity's roles on the account, not on the container or queue: here they reach nothing else.

@description('End of the names, unique.')
@minLength(13)
@maxLength(13)
param token string

param location string
param tags object

@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param sku string

@description('Whether only private endpoints, and Event Grid with its identity, reach the account.')
param privateOnly bool

@description('Object id of the identity that Event Grid delivers with.')
param eventsPrincipalId string

@description('Object id of the group whose members read both; empty: nobody.')
param operatorsGroupId string

@description('Days after which dead letters are deleted.')
param deadLetterDays int = 30

// Storage Blob Data Contributor, Storage Queue Data Message Sender
var deliveryRoles = [
  'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
]

// Storage Blob Data Reader, Storage Queue Data Reader. There are no keys, and an Owner holds no data role.
var readerRoles = [
  '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
  '19e7f393-937e-4f77-808e-94535e297925'
]

var delivers = [
  for role in deliveryRoles: {
    principalId: eventsPrincipalId
    principalType: 'ServicePrincipal'
    role: role
  }
]
var reads = [
  for role in readerRoles: {
    principalId: operatorsGroupId
    principalType: 'Group'
    role: role
  }
]

var accountName = 'stevents${token}'
var deadLetters = 'dead-letters'
var told = 'airlock-told'

module account 'storageAccount.bicep' = {
  name: 'airlock-event-storage-account-${token}'
  params: {
    name: accountName
    location: location
    tags: tags
    sku: sku
    privateOnly: privateOnly
    containers: [deadLetters]
    queues: [told]
    grants: empty(operatorsGroupId) ? delivers : concat(delivers, reads)
  }
}

resource made 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
  name: accountName
}

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2026-06-01' = {
  parent: made
  name: 'default'
  dependsOn: [account]
  properties: {
    policy: {
      rules: [
        {
          name: 'delete-old-dead-letters'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              prefixMatch: ['${deadLetters}/']
            }
            actions: {
              baseBlob: {
                delete: {
                  daysAfterModificationGreaterThan: deadLetterDays
                }
              }
            }
          }
        }
      ]
    }
  }
}

output id string = account.outputs.id
output name string = accountName
output deadLetterContainer string = deadLetters
output toldQueue string = told
