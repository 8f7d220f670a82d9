// Storage of the host, of durable state and of the deployed package. Whoever writes here can become the app: nobody but
// the app does.

@description('End of the names, unique.')
@minLength(13)
@maxLength(13)
param token string

param location string
param tags object

@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param sku string

@description('Whether only private endpoints reach the account.')
param privateOnly bool

@description('Object id of the app\'s identity.')
param appPrincipalId string

// Storage Blob Data Owner, Storage Queue Data Contributor, Storage Table Data Contributor: what the host and the durable
// extension ask for (https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity).
var appRoles = [
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
]

var accountName = 'st${token}'
var packages = 'app-package'

module account 'storageAccount.bicep' = {
  name: 'airlock-host-storage-account-${token}'
  params: {
    name: accountName
    location: location
    tags: tags
    sku: sku
    privateOnly: privateOnly
    containers: [packages]
    queues: []
    grants: [
      for role in appRoles: {
        principalId: appPrincipalId
        principalType: 'ServicePrincipal'
        role: role
      }
    ]
  }
}

output id string = account.outputs.id
output name string = accountName
output packageContainerUrl string = '${account.outputs.blobEndpoint}${packages}'
