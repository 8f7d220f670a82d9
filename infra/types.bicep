// What main.bicepparam says of factories and vaults. Lengths are those that Azure allows.

@export()
@description('A resource group with data factories whose runtimes are enabled.')
type factoryScope = {
  @description('Resource group of the factory, in the subscription that is deployed to.')
  @minLength(1)
  @maxLength(90)
  resourceGroup: string

  @description('The factory. Left out: all of the group, for profiles that match factories by pattern.')
  @minLength(3)
  @maxLength(63)
  factory: string?
}

@export()
@description('A vault of the operator: client secrets, passwords. Airflow reads nothing here.')
type operatorVault = {
  @minLength(1)
  @maxLength(90)
  resourceGroup: string

  @minLength(3)
  @maxLength(24)
  name: string

  @description('Secrets of credentials with rotation strategy graph.')
  minted: string[]

  @description('Secrets of credentials with strategy external.')
  external: string[]

  @description('Other secrets that profiles refer to.')
  referenced: string[]
}

@export()
@description('A vault that Airflow reads.')
type airflowVault = {
  @minLength(1)
  @maxLength(90)
  resourceGroup: string

  @minLength(3)
  @maxLength(24)
  name: string

  @description('Names of the canaries\' secrets; none where every profile proves access by a DAG of its own.')
  canaries: string[]

  @description('Object ids of the service principals that Airflow reads with.')
  readers: string[]
}

@export()
@description('A role that somebody holds.')
type grant = {
  @description('Object id of who holds it.')
  principalId: string

  principalType: 'ServicePrincipal' | 'Group'

  @description('Name of the role definition, a GUID.')
  role: string
}

@export()
@description('A condition that an event must meet (https://learn.microsoft.com/azure/event-grid/event-filtering#advanced-filtering).')
@discriminator('operatorType')
type advancedFilter = stringIn | stringNotEndsWith

type stringIn = {
  operatorType: 'StringIn'
  key: string
  values: string[]
}

type stringNotEndsWith = {
  operatorType: 'StringNotEndsWith'
  key: string
  values: string[]
}

@export()
@description('Types of events by the name of their alert.')
type alertedEventTypes = {
  *: string[]
}

@export()
@description('Tags of Azure resources.')
type resourceTags = {
  *: string
}

@export()
@description('Names of system topics, by resource group, by vault or by the word subscription.')
type systemTopicNames = {
  *: string
}
