// The Function app on Flex Consumption. Its settings are those of src/config/appSettings.ts, and what the platform needs
// to find storage, telemetry and durable state by identity.

param name string
param token string
param location string
param tags object

@description('Resource id and client id of the app\'s identity.')
param identityId string
param identityClientId string

@description('Resource id of the identity for Airflow\'s web server; empty: none.')
param webServerIdentityId string

@description('Client id of that identity; empty: the app signs in with its own.')
param webServerClientId string

param storageAccountName string
param packageContainerUrl string
param insightsConnectionString string

@description('Endpoint of the Durable Task Scheduler; empty: durable state is kept in Azure Storage.')
param schedulerEndpoint string
param schedulerHubName string

@description('Text of the configuration; empty: airlock.yaml in the package.')
param configuration string

@allowed(['functionKey', 'appService'])
param httpAuth string

@description('Client id of the app registration that people and pipelines sign in to; with appService.')
param signInClientId string

param sweepSchedule string
param purgeSchedule string

@allowed([512, 2048, 4096])
param instanceMemoryMB int

@minValue(40)
@maxValue(1000)
param maximumInstanceCount int

@description('Instances that never go to sleep, of each group below.')
@minValue(0)
@maxValue(20)
param alwaysReady int

@description('Groups that Flex Consumption scales apart: "durable", "http", or "function:" and the name of a function (https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan#always-ready-instances).')
param alwaysReadyGroups string[]

@description('Subnet for outbound traffic; empty: none.')
param subnetId string

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${name}-${token}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

var identities = empty(webServerIdentityId)
  ? {
      '${identityId}': {}
    }
  : {
      '${identityId}': {}
      '${webServerIdentityId}': {}
    }

var readyGroups = [
  for group in alwaysReadyGroups: {
    name: group
    instanceCount: alwaysReady
  }
]

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: 'func-${name}-${token}'
  location: location
  // azd finds by this tag where the service of azure.yaml is deployed.
  tags: union(tags, { 'azd-service-name': 'airlock' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: identities
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      // Here, not in FUNCTIONS_WORKER_RUNTIME, which Flex Consumption refuses.
      runtime: {
        name: 'node'
        version: '22'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReady == 0 ? [] : readyGroups
      }
    }
    siteConfig: {
      http20Enabled: true
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      remoteDebuggingEnabled: false
    }
  }
}

// With the account's keys nobody gets in (allowSharedKeyAccess: false). What is made from one is a secret that stays the same
// from one deployment to the next, and that no role on data shows. It is new after `az storage account keys renew`.
resource hostStorage 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
  name: storageAccountName
}

var storageKey = hostStorage.listKeys().keys[0].value

var baseSettings = {
  AzureWebJobsStorage__accountName: storageAccountName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  // The alerts read the log. In OpenTelemetry mode the exporter keeps 5 traces a second and drops the lines of the others;
  // these two keep all (https://learn.microsoft.com/azure/azure-monitor/app/opentelemetry-sampling).
  OTEL_TRACES_SAMPLER: 'microsoft.fixed_percentage'
  OTEL_TRACES_SAMPLER_ARG: '1.0'
  AIRLOCK_CONFIG: configuration
  AIRLOCK_CONFIG_FILE: empty(configuration) ? 'airlock.yaml' : ''
  AIRLOCK_IDENTITY_CLIENT_ID: identityClientId
  AIRLOCK_AIRFLOW_IDENTITY_CLIENT_ID: webServerClientId
  AIRLOCK_HTTP_AUTH: httpAuth
  AIRLOCK_SIGNING_KEY: '${guid(storageKey, 'airlock-signing', '1')}${guid(storageKey, 'airlock-signing', '2')}'
  AIRLOCK_SWEEP_SCHEDULE: sweepSchedule
  AIRLOCK_PURGE_SCHEDULE: purgeSchedule
}

// They win over host.json, which must say the same for the app to be scaled (scripts/package.mjs).
var schedulerSettings = {
  DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'Endpoint=${schedulerEndpoint};Authentication=ManagedIdentity;ClientID=${identityClientId}'
  AzureFunctionsJobHost__extensions__durableTask__hubName: schedulerHubName
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__type: 'azureManaged'
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING'
}

resource settings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  properties: empty(schedulerHubName) ? baseSettings : union(baseSettings, schedulerSettings)
}

// Anonymous requests pass the platform: Event Grid's carry a system key, not a token. The app itself refuses, with 401,
// whoever has no principal.
resource authentication 'Microsoft.Web/sites/config@2025-03-01' = if (httpAuth == 'appService') {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: {
      enabled: true
    }
    globalValidation: {
      requireAuthentication: false
      unauthenticatedClientAction: 'AllowAnonymous'
    }
    httpSettings: {
      requireHttps: true
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: signInClientId
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
        validation: {
          allowedAudiences: [
            signInClientId
            'api://${signInClientId}'
          ]
        }
      }
    }
    login: {
      tokenStore: {
        enabled: false
      }
    }
  }
}

// User names and passwords for publishing are off: deployments sign in with Entra.
resource noScmPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

resource noFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

output id string = app.id
output name string = app.name
output hostName string = app.properties.defaultHostName
