// The alerts. What the app tells is counted by the subscriptions of its topic; what it could not tell is found in its log.
// docs/operations.md has a section for each.

param name string
param token string
param location string
param tags object
param actionGroupId string
param workspaceId string

@description('Resource id of the custom topic; empty: alerts from the log only.')
param topicId string

@description('Hours from one sweep to the next. When two such intervals have passed without one, somebody is told.')
@maxValue(12)
param sweepEveryHours int

var told = [
  {
    name: 'runFailed'
    severity: 2
    description: 'A run ended so that somebody has to look: an access check failed, a rotation went back, a runtime did not come along. See docs/operations.md, "Run failed".'
  }
  {
    name: 'debtOutstanding'
    severity: 3
    description: 'A key or a runtime is left over and the app could not fix it yet. See docs/operations.md, "Debt outstanding".'
  }
  {
    name: 'credentialExpiring'
    severity: 1
    description: 'A credential nears its end and nothing is there to replace it. See docs/operations.md, "Credential expiring".'
  }
]

resource toldAlerts 'Microsoft.Insights/metricAlerts@2026-01-01' = [
  for alert in told: if (!empty(topicId)) {
    name: 'airlock-${alert.name}-${token}'
    location: 'global'
    tags: tags
    properties: {
      description: alert.description
      severity: alert.severity
      enabled: true
      // Each event is a case of its own, and between two of them there are no numbers that would end the alert: one that
      // stayed fired would send no mail for the next.
      autoMitigate: false
      scopes: [topicId]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            name: 'told'
            criterionType: 'StaticThresholdCriterion'
            metricNamespace: 'Microsoft.EventGrid/topics'
            metricName: 'MatchedEventCount'
            timeAggregation: 'Total'
            operator: 'GreaterThan'
            threshold: 0
            dimensions: [
              {
                name: 'EventSubscriptionName'
                operator: 'Include'
                values: [alert.name]
              }
            ]
          }
        ]
      }
      actions: [
        {
          actionGroupId: actionGroupId
        }
      ]
    }
  }
]

// What did not happen has left no line, whatever the reason. Before the first sweep the first line of the day counts.
var sweepEnded = 'Message matches regex @"^sweep \\S+ started by schedule ended: swept$"'

resource sweepOverdue 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = {
  name: 'airlock-sweepOverdue-${token}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: '${name}: sweepOverdue'
    description: 'No sweep has ended well for two intervals of its schedule: what no event tells is not found. See docs/operations.md, "Sweep overdue".'
    severity: 1
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT1H'
    // Azure takes no window of 12 hours.
    windowSize: 'P1D'
    autoMitigate: true
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: 'AppTraces | summarize ended = maxif(TimeGenerated, ${sweepEnded}), first = min(TimeGenerated) | where isnull(first) or coalesce(ended, first) < ago(2 * ${sweepEveryHours}h)'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [actionGroupId]
    }
  }
}

// Without a topic nothing is counted: then what would be told is found in the log, where it stands in every case.
var toldInLog = [
  for alert in told: {
    name: alert.name
    severity: alert.severity
    description: alert.description
    query: 'AppTraces | where Message startswith "needs somebody, ${alert.name}: "'
  }
]

// The texts are those that the app logs (a test holds them against it).
var logged = [
  {
    name: 'eventsUnsent'
    severity: 2
    description: 'Events of the app have waited for more than a day to be sent. See docs/operations.md, "Events unsent".'
    query: 'AppTraces | where Message startswith "events unsent: "'
  }
  {
    name: 'callRefused'
    severity: 2
    description: 'A service refused what the app asked for, or a runtime conflicts with its profile. See docs/operations.md, "Call refused".'
    query: 'AppTraces | where Message matches regex @"^\\w+: (refused|conflict)$"'
  }
  {
    name: 'unexpectedFailure'
    severity: 1
    description: 'The app met what it does not expect. See docs/operations.md, "Unexpected failure".'
    query: 'AppTraces | where Message has "failed unexpectedly"'
  }
  {
    name: 'configurationInvalid'
    severity: 1
    description: 'The configuration is wrong: the app answers 503 and changes nothing. See docs/operations.md, "Configuration invalid".'
    query: 'AppTraces | where Message startswith "configuration: "'
  }
]

resource loggedAlerts 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for alert in concat(logged, empty(topicId) ? toldInLog : []): {
    name: 'airlock-${alert.name}-${token}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: '${name}: ${alert.name}'
      description: alert.description
      severity: alert.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: 'PT15M'
      windowSize: 'PT15M'
      autoMitigate: true
      // The table is there only once the app has logged for the first time.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: alert.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: [actionGroupId]
      }
    }
  }
]
