// What the app may do in one resource group of data factories: in one factory, or, where a profile matches factories by
// pattern, in all of the group (finding them needs the group).

@description('Name of the factory; empty: all of this resource group.')
param factory string

@description('Object id of the app\'s identity.')
param appPrincipalId string

@description('Role definition of the runtime operator.')
param runtimeOperatorRoleId string

@description('Role definition with which the app imports DAGs; empty: it imports none.')
param dagImporterRoleId string

@description('Object id of who signs in to Airflow\'s web server with a token of Entra; empty: nobody does.')
param webServerPrincipalId string

@description('Role definition with which the preflight sees the own permissions here; empty: it does not.')
param preflightReaderRoleId string

resource named 'Microsoft.DataFactory/factories@2018-06-01' existing = if (!empty(factory)) {
  name: empty(factory) ? 'none' : factory
}

resource operatesFactory 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(factory)) {
  name: guid(resourceGroup().id, factory, appPrincipalId, runtimeOperatorRoleId)
  scope: named
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: runtimeOperatorRoleId
  }
}

resource operatesGroup 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (empty(factory)) {
  name: guid(resourceGroup().id, appPrincipalId, runtimeOperatorRoleId)
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: runtimeOperatorRoleId
  }
}

// On a factory only, never on a whole group: the role may be wide.
resource importsDags 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(factory) && !empty(dagImporterRoleId)) {
  name: guid(resourceGroup().id, factory, appPrincipalId, dagImporterRoleId)
  scope: named
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: dagImporterRoleId
  }
}

// Airflow's web server asks for Contributor on the factory
// (https://learn.microsoft.com/azure/data-factory/rest-apis-for-airflow-integrated-runtime). On a factory only, too.
var contributorRole = 'b24988ac-6180-42a0-ab88-20f7382dd24c'

resource signsIn 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(factory) && !empty(webServerPrincipalId)) {
  name: guid(resourceGroup().id, factory, webServerPrincipalId, contributorRole)
  scope: named
  properties: {
    principalId: webServerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', contributorRole)
  }
}

resource seesFactory 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(factory) && !empty(preflightReaderRoleId)) {
  name: guid(resourceGroup().id, factory, appPrincipalId, preflightReaderRoleId)
  scope: named
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: preflightReaderRoleId
  }
}

resource seesGroup 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (empty(factory) && !empty(preflightReaderRoleId)) {
  name: guid(resourceGroup().id, appPrincipalId, preflightReaderRoleId)
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: preflightReaderRoleId
  }
}
