// A virtual network for the app's outbound traffic, and, where wanted, private endpoints for its storage and for vaults.

param name string
param token string
param location string
param tags object

@description('Subnet of the app, /27 or larger.')
param appPrefix string

@description('Subnet of the private endpoints.')
param endpointsPrefix string

@description('Whether storage and the vaults below get private endpoints.')
param privateEndpoints bool

@description('Resource ids of the accounts of hostStorage.bicep and eventStorage.bicep.')
param hostStorageId string
param eventStorageId string

@description('Resource ids of vaults that get a private endpoint.')
param vaultIds string[]

resource network 'Microsoft.Network/virtualNetworks@2026-03-01' = {
  name: 'vnet-${name}-${token}'
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [
        appPrefix
        endpointsPrefix
      ]
    }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: appPrefix
          // What Flex Consumption asks for (https://learn.microsoft.com/azure/azure-functions/flex-consumption-how-to).
          delegations: [
            {
              name: 'flex'
              properties: {
                serviceName: 'Microsoft.App/environments'
              }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: endpointsPrefix
          privateEndpointNetworkPolicies: 'Disabled'
        }
      }
    ]
  }
}

var endpointSubnetId = '${network.id}/subnets/endpoints'

// Event Grid comes as a service of Azure; the endpoints of its account are for people who read what lies there.
var storageServices = [
  {
    service: 'blob'
    accountIds: [hostStorageId, eventStorageId]
  }
  {
    service: 'queue'
    accountIds: [hostStorageId, eventStorageId]
  }
  {
    service: 'table'
    accountIds: [hostStorageId]
  }
]

module storageEndpoints 'privateEndpoint.bicep' = [
  for one in storageServices: if (privateEndpoints) {
    name: 'endpoint-${one.service}-${token}'
    params: {
      name: 'pe-${name}-${one.service}-${token}'
      location: location
      tags: tags
      subnetId: endpointSubnetId
      networkId: network.id
      groupId: one.service
      targetIds: one.accountIds
      zone: 'privatelink.${one.service}.${environment().suffixes.storage}'
    }
  }
]

module vaultEndpoints 'privateEndpoint.bicep' = if (privateEndpoints && !empty(vaultIds)) {
  name: 'endpoint-vault-${token}'
  params: {
    name: 'pe-${name}-vault-${token}'
    location: location
    tags: tags
    subnetId: endpointSubnetId
    networkId: network.id
    groupId: 'vault'
    targetIds: vaultIds
    zone: 'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'
  }
}

output appSubnetId string = '${network.id}/subnets/app'
