// The identities: the app's own, the one that Event Grid delivers with, and, where wanted, one for Airflow's web server.
// They are apart so that each holds only what its own part needs: Event Grid may write dead letters and nothing else.

@description('Beginning of the names.')
param name string

@description('End of the names, unique.')
param token string

param location string
param tags object

@description('Whether Airflow\'s web server gets an identity of its own.')
param webServerIdentity bool

resource app 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-${name}-${token}'
  location: location
  tags: tags
}

resource events 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-${name}-events-${token}'
  location: location
  tags: tags
}

resource webServer 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = if (webServerIdentity) {
  name: 'id-${name}-airflow-${token}'
  location: location
  tags: tags
}

output appId string = app.id
output appClientId string = app.properties.clientId
output appPrincipalId string = app.properties.principalId
output eventsId string = events.id
output eventsPrincipalId string = events.properties.principalId
output webServerId string = webServerIdentity ? webServer.id : ''
output webServerClientId string = webServerIdentity ? webServer!.properties.clientId : ''
output webServerPrincipalId string = webServerIdentity ? webServer!.properties.principalId : ''
