// What the app may do in the operator's vault: on each secret of a credential and its pending twin, and on each secret
// that a profile refers to. Nobody else gets anything here.

param vaultName string

@description('Object id of the app\'s identity.')
param appPrincipalId string

@description('Secrets of credentials that the app mints (strategy graph).')
param minted string[]

@description('Secrets of credentials that somebody else writes (strategy external).')
param external string[]

@description('Other secrets that profiles refer to: passwords of web servers, git credentials, hidden variables.')
param referenced string[]

@description('Whether roles are held on each secret. Those must exist (infra/scripts/shells.mjs makes them); otherwise the vault is the scope.')
param onSecrets bool

param credentialKeeperRoleId string
param referenceReaderRoleId string

@description('Role definition with which the preflight sees settings and the own permissions here; empty: it does not.')
param preflightReaderRoleId string

resource vault 'Microsoft.KeyVault/vaults@2026-05-15' existing = {
  name: vaultName
}

var pending = [for name in minted: '${name}-pending']

// Key Vault Secrets User: a credential of strategy external is read, and its versions are listed.
var secretsUserRoleId = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '4633458b-17de-408a-b874-0445c86b69e6'
)

// One name, one role, each.
var keeps = [
  for name in concat(minted, pending): {
    secret: name
    role: credentialKeeperRoleId
  }
]
var uses = [
  for name in external: {
    secret: name
    role: secretsUserRoleId
  }
]
var reads = [
  for name in referenced: {
    secret: name
    role: referenceReaderRoleId
  }
]
var grants = onSecrets ? concat(keeps, uses, reads) : []

resource secrets 'Microsoft.KeyVault/vaults/secrets@2026-05-15' existing = [
  for grant in grants: {
    parent: vault
    name: grant.secret
  }
]

resource held 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, i) in grants: {
    name: guid(vault.id, grant.secret, appPrincipalId, grant.role)
    scope: secrets[i]
    properties: {
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: grant.role
    }
  }
]

var widestRole = !empty(minted)
  ? credentialKeeperRoleId
  : (!empty(external) ? secretsUserRoleId : referenceReaderRoleId)

resource heldOnVault 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!onSecrets) {
  name: guid(vault.id, appPrincipalId, widestRole)
  scope: vault
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: widestRole
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

output location string = vault.location
