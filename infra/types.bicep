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

  @description('Names of the canaries\' secrets.')
  @minLength(1)
  canaries: string[]

  @description('Object ids of the service principals that Airflow reads with.')
  readers: string[]
}
