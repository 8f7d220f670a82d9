// The custom roles: exactly the operations that the app calls (roles.json; a test compares them with what it called).
targetScope = 'subscription'

@description('Tell the roles apart: names of custom roles are unique in a tenant, those of environments are not.')
param environmentName string
param token string

@description('Whether the role that imports DAGs is made. Azure may refuse it: its operation is called, but not in the documented list of operations.')
param withDagImporter bool

var roles = loadJsonContent('../roles.json')

resource definitions 'Microsoft.Authorization/roleDefinitions@2022-04-01' = [
  for role in items(roles): if (role.key != 'dagImporter' || withDagImporter) {
    name: guid(subscription().id, environmentName, role.key)
    properties: {
      roleName: 'Airlock ${role.key} (${environmentName} ${token})'
      description: role.value.description
      type: 'CustomRole'
      assignableScopes: [subscription().id]
      permissions: [
        {
          actions: role.value.actions
          notActions: []
          dataActions: role.value.dataActions
          notDataActions: []
        }
      ]
    }
  }
]

// By name, so that nobody counts positions.
output runtimeOperator string = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  guid(subscription().id, environmentName, 'runtimeOperator')
)
output dagImporter string = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  guid(subscription().id, environmentName, 'dagImporter')
)
output credentialKeeper string = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  guid(subscription().id, environmentName, 'credentialKeeper')
)
output canaryKeeper string = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  guid(subscription().id, environmentName, 'canaryKeeper')
)
output secretReader string = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  guid(subscription().id, environmentName, 'secretReader')
)
output preflightReader string = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  guid(subscription().id, environmentName, 'preflightReader')
)
