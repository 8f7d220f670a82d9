// What the app, and Airflow, may do in what is yours: factories and vaults.
targetScope = 'subscription'

import { airflowVault, factoryScope, operatorVault } from 'types.bicep'

param environmentName string
param token string

@description('Object id of the app\'s identity.')
param appPrincipalId string

@description('Object id of who signs in to Airflow\'s web server with a token of Entra; empty: nobody.')
param webServerPrincipalId string

@description('As in main.bicep.')
param factories factoryScope[]
@allowed(['none', 'customRole', 'dataFactoryContributor'])
param dagImports string
param operatorVaults operatorVault[]
param airflowVaults airflowVault[]
param rolesOnSecrets bool
param preflightAccess bool

module roles 'modules/roleDefinitions.bicep' = {
  name: 'airlock-roles-${token}'
  params: {
    environmentName: environmentName
    token: token
    withDagImporter: dagImports == 'customRole'
  }
}

var preflightReaderRoleId = preflightAccess ? roles.outputs.preflightReader : ''
var dataFactoryContributorRoleId = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '673868aa-7521-48a0-acc6-0f60742d39f5'
)

module factoryAccess 'modules/factoryAccess.bicep' = [
  for one in factories: {
    name: 'airlock-factory-${uniqueString(one.resourceGroup, one.?factory ?? '')}-${token}'
    scope: resourceGroup(one.resourceGroup)
    params: {
      factory: one.?factory ?? ''
      appPrincipalId: appPrincipalId
      runtimeOperatorRoleId: roles.outputs.runtimeOperator
      dagImporterRoleId: dagImports == 'none'
        ? ''
        : (dagImports == 'customRole' ? roles.outputs.dagImporter : dataFactoryContributorRoleId)
      webServerPrincipalId: webServerPrincipalId
      preflightReaderRoleId: preflightReaderRoleId
    }
  }
]

module operatorVaultAccess 'modules/operatorVaultAccess.bicep' = [
  for vault in operatorVaults: {
    name: 'airlock-operator-vault-${uniqueString(vault.name)}-${token}'
    scope: resourceGroup(vault.resourceGroup)
    params: {
      vaultName: vault.name
      appPrincipalId: appPrincipalId
      minted: vault.minted
      external: vault.external
      referenced: vault.referenced
      onSecrets: rolesOnSecrets
      credentialKeeperRoleId: roles.outputs.credentialKeeper
      referenceReaderRoleId: roles.outputs.secretReader
      preflightReaderRoleId: preflightReaderRoleId
    }
  }
]

module airflowVaultAccess 'modules/airflowVaultAccess.bicep' = [
  for vault in airflowVaults: {
    name: 'airlock-airflow-vault-${uniqueString(vault.name)}-${token}'
    scope: resourceGroup(vault.resourceGroup)
    params: {
      vaultName: vault.name
      appPrincipalId: appPrincipalId
      canaries: vault.canaries
      readers: vault.readers
      onSecrets: rolesOnSecrets
      canaryKeeperRoleId: roles.outputs.canaryKeeper
      preflightReaderRoleId: preflightReaderRoleId
    }
  }
]

// By name, so that nothing waits for the roles; a vault that is both counts once.
var vaultIds = [
  for vault in concat(operatorVaults, airflowVaults): '${subscription().id}/resourceGroups/${vault.resourceGroup}/providers/Microsoft.KeyVault/vaults/${vault.name}'
]

output vaultIds string[] = union(vaultIds, vaultIds)
output operatorVaultLocations string[] = [for (vault, i) in operatorVaults: operatorVaultAccess[i].outputs.location]
