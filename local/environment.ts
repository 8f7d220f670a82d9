/** The environment of the process that the app runs in: what production sets, and nothing that could lead it astray. */

/** Variables of the outer environment that would change what the Azure SDKs or the app do. */
const STRAY =
  /^(?:AZURE_|AIRLOCK_|MSI_|IDENTITY_|ARM_)|_PROXY$|^(?:NODE_EXTRA_CA_CERTS|NODE_USE_ENV_PROXY)$/i;

/** The outer environment without what is ours to say, plus the CA, which Node reads only as it starts. */
export function childEnvironment(outer: NodeJS.ProcessEnv, caFile: string): NodeJS.ProcessEnv {
  const kept = Object.entries(outer).filter(([name]) => !STRAY.test(name));
  return { ...Object.fromEntries(kept), NODE_EXTRA_CA_CERTS: caFile };
}

/** What App Service and the operator set for the app, as far as it is known only once the servers listen. */
export function appEnvironment(given: {
  identityEndpoint: string;
  identityHeader: string;
  settings: Readonly<Record<string, string>>;
}): Record<string, string> {
  return {
    IDENTITY_ENDPOINT: given.identityEndpoint,
    IDENTITY_HEADER: given.identityHeader,
    ...given.settings,
  };
}
