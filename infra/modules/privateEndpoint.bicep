// Private endpoints of one kind of service, with the DNS zone that leads there.

param name string
param location string
param tags object
param subnetId string
param networkId string

@description('blob, queue, table or vault.')
param groupId string

@description('Resource ids of what is reached.')
param targetIds string[]

@description('Name of the private DNS zone.')
param zone string

resource dnsZone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: zone
  location: 'global'
  tags: tags
}

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = {
  parent: dnsZone
  name: 'airlock'
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: {
      id: networkId
    }
  }
}

resource endpoints 'Microsoft.Network/privateEndpoints@2026-03-01' = [
  for target in targetIds: {
    name: '${name}-${uniqueString(target)}'
    location: location
    tags: tags
    properties: {
      subnet: {
        id: subnetId
      }
      privateLinkServiceConnections: [
        {
          name: groupId
          properties: {
            privateLinkServiceId: target
            groupIds: [groupId]
          }
        }
      ]
    }
  }
]

resource records 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2026-03-01' = [
  for (target, i) in targetIds: {
    parent: endpoints[i]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: groupId
          properties: {
            privateDnsZoneId: dnsZone.id
          }
        }
      ]
    }
  }
]
