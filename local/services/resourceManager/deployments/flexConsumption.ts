/**
 * What an app on Flex Consumption must not be given. The first two lists are what Azure is on record as refusing, with
 * extended code 51021; the other two are what it documents as deprecated there
 * (https://learn.microsoft.com/azure/azure-functions/functions-app-settings#flex-consumption-plan-deprecations) and
 * partly ignores so far. The local cloud refuses them all, so that no template comes to rely on one.
 */

/**
 * Members of `siteConfig`, in errors of Azure: Azure/terraform-azurerm-avm-res-web-site#283 and #360,
 * Azure/azure-functions-host#10643, microsoft/azure-pipelines-tasks#21032, pulumi/pulumi-azure-native#4168.
 */
export const REFUSED_PROPERTIES: readonly string[] = [
  'ftpsState',
  'functionAppScaleLimit',
  'functionsRuntimeScaleMonitoringEnabled',
  'linuxFxVersion',
  'netFrameworkVersion',
  'preWarmedInstanceCount',
  'use32BitWorkerProcess',
];

/** App settings, in errors of Azure: microsoft/vscode-azurefunctions#4142. */
export const REFUSED_SETTINGS: readonly string[] = ['FUNCTIONS_WORKER_RUNTIME'];

/** Members of `properties` or `siteConfig`. */
export const DEPRECATED_PROPERTIES: readonly string[] = [
  'alwaysOn',
  'containerSize',
  'isReserved',
  'isXenon',
  'javaVersion',
  'powerShellVersion',
  'vnetBackupRestoreEnabled',
  'vnetContentShareEnabled',
  'vnetImagePullEnabled',
  'vnetRouteAllEnabled',
  'windowsFxVersion',
];

export const DEPRECATED_SETTINGS: readonly string[] = [
  'ENABLE_ORYX_BUILD',
  'FUNCTIONS_EXTENSION_VERSION',
  'FUNCTIONS_MAX_HTTP_CONCURRENCY',
  'FUNCTIONS_WORKER_DYNAMIC_CONCURRENCY_ENABLED',
  'FUNCTIONS_WORKER_PROCESS_COUNT',
  'FUNCTIONS_WORKER_RUNTIME_VERSION',
  'SCM_DO_BUILD_DURING_DEPLOYMENT',
  'WEBSITE_CONTENTAZUREFILECONNECTIONSTRING',
  'WEBSITE_CONTENTOVERVNET',
  'WEBSITE_CONTENTSHARE',
  'WEBSITE_DNS_SERVER',
  'WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT',
  'WEBSITE_NODE_DEFAULT_VERSION',
  'WEBSITE_RUN_FROM_PACKAGE',
  'WEBSITE_SKIP_CONTENTSHARE_VALIDATION',
  'WEBSITE_VNET_ROUTE_ALL',
];

/** Those of the names that stand in one of the lists, spelled as given; Azure compares without case. */
export function refusedProperties(names: readonly string[]): string[] {
  return among(names, [...REFUSED_PROPERTIES, ...DEPRECATED_PROPERTIES]);
}

/**
 * Those of the names that Flex Consumption refuses as app settings; also each with a colon, which only Windows takes
 * (Azure/azure-functions-host#11908).
 */
export function refusedSettings(names: readonly string[]): string[] {
  const listed = among(names, [...REFUSED_SETTINGS, ...DEPRECATED_SETTINGS]);
  return [...listed, ...names.filter((name) => name.includes(':'))];
}

function among(names: readonly string[], list: readonly string[]): string[] {
  const known = new Set(list.map((one) => one.toLowerCase()));
  return names.filter((name) => known.has(name.toLowerCase()));
}
