// A vault that Airflow reads: the app keeps the canary there, Airflow's service principals read. Whoever writes DAGs can
// read all of this vault, so the app gets nothing in it but the canary.

param vaultName string

@description('Object id of the app\'s identity.')
param appPrincipalId string

@description('Names of the canaries\' secrets, for example airflow-variables-airlock-canary.')
param canaries string[]

@description('Object ids of the service principals that Airflow reads with.')
param readers string[]

@description('Whether the app\'s role is held on each canary. Those must exist (infra/scripts/shells.mjs makes them); otherwise the vault is the scope.')
param onSecrets bool

param canaryKeeperRoleId string

@description('Role definition with which the preflight sees settings and the own permissions here; empty: it does not.')
param preflightReaderRoleId string

resource vault 'Microsoft.KeyVault/vaults@2026-05-15' existing = {
  name: vaultName
}

var kept = onSecrets ? canaries : []

resource canarySecrets 'Microsoft.KeyVault/vaults/secrets@2026-05-15' existing = [
  for name in kept: {
    parent: vault
    name: name
  }
]

resource keeps 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, i) in kept: {
    name: guid(vault.id, name, appPrincipalId, canaryKeeperRoleId)
    scope: canarySecrets[i]
    properties: {
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: canaryKeeperRoleId
    }
  }
]

resource keepsOnVault 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!onSecrets) {
  name: guid(vault.id, appPrincipalId, canaryKeeperRoleId)
  scope: vault
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: canaryKeeperRoleId
  }
}

resource sees 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(preflightReaderRoleId)) {
  name: guid(vault.id, appPrincipalId, preflightReaderRoleId)
  scope: vault
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: preflightReaderRoleId
  }
}

// Key Vault Secrets User, on the vault: Airflow asks for whatever a DAG names.
var secretsUserRole = '4633458b-17de-408a-b874-0445c86b69e6'

resource airflowReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for reader in readers: {
    name: guid(vault.id, reader, secretsUserRole)
    scope: vault
    properties: {
      principalId: reader
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUserRole)
    }
  }
]
