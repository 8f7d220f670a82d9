// Who is told of alerts.

param name string
param token string
param tags object

@description('Mail addresses.')
param emails string[]

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${name}-${token}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'airlock'
    enabled: true
    emailReceivers: [
      for email in emails: {
        name: email
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

output id string = group.id
