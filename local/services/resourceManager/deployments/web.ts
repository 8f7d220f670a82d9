/** Microsoft.Web: plans, function apps with their settings, and what is published to them. */
import { z } from 'zod';
import { refusedProperties, refusedSettings } from './flexConsumption.js';
import { Refusal, resourceNotFound } from './refusal.js';
import type { PublishResult, StoredResource, TemplateResource } from './types.js';
import { look, need, ofType, same, storedAt, type World } from './world.js';

const WRITE_BLOB = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write';

const TEXTS = z.record(z.string(), z.unknown());
const SITE = z.looseObject({
  properties: z.looseObject({
    serverFarmId: z.string(),
    siteConfig: z
      .looseObject({
        appSettings: z.array(z.looseObject({ name: z.string(), value: z.unknown() })).default([]),
      })
      .optional(),
    functionAppConfig: z
      .looseObject({
        deployment: z.looseObject({
          storage: z.looseObject({
            value: z.string(),
            authentication: z.looseObject({ userAssignedIdentityResourceId: z.string().optional() }),
          }),
        }),
      })
      .optional(),
  }),
  identity: z.looseObject({ userAssignedIdentities: TEXTS.default({}) }).optional(),
});
const PLAN = z.looseObject({ sku: z.looseObject({ name: z.string() }).optional() });
const CONFIG = z.looseObject({ properties: TEXTS.default({}) });

/** A function app; its identities get tokens from the managed-identity endpoint from now on. */
export function site(
  world: World,
  resource: TemplateResource,
  before: StoredResource | undefined,
): Record<string, string> {
  const { properties, identity } = SITE.parse(resource.body);
  need(world, properties.serverFarmId);
  const { siteConfig } = properties;
  if (isFlex(world, properties.serverFarmId)) {
    const names = [...Object.keys(properties), ...Object.keys(siteConfig ?? {})];
    refuse('site configuration property', 'Site.SiteConfig', refusedProperties(names));
    const settings = (siteConfig?.appSettings ?? []).map(({ name }) => name);
    refuse('app setting', 'Site.SiteConfig.AppSettings', refusedSettings(settings));
  }
  const earlier = Object.keys(identitiesOf(before));
  for (const id of Object.keys(identity?.userAssignedIdentities ?? {})) {
    const clientId = storedAt(world, id)?.added['clientId'];
    if (clientId === undefined) throw resourceNotFound(id);
    if (!earlier.some((one) => same(one, id))) world.identity.assignUser(clientId);
  }
  return { defaultHostName: `${resource.name}.azurewebsites.net`.toLowerCase() };
}

/** The configuration of an app: `appsettings`, `web` and others. */
export function siteConfig(world: World, { id, name, body }: TemplateResource): undefined {
  const app = storedAt(world, siteOf(id));
  const names = Object.keys(CONFIG.parse(body).properties);
  if (app === undefined || !isFlex(world, SITE.parse(app.body).properties.serverFarmId)) return;
  if (name === 'appsettings') refuse('app setting', 'Site.SiteConfig.AppSettings', refusedSettings(names));
  if (name === 'web') refuse('site configuration property', 'Site.SiteConfig', refusedProperties(names));
}

/** The app settings as the app gets them. */
export function settingsOf(world: World, siteId: string): Record<string, string> {
  const config = storedAt(world, `${siteId}/config/appsettings`);
  const app = storedAt(world, siteId);
  const given =
    config === undefined
      ? Object.fromEntries(
          (app === undefined ? [] : (SITE.parse(app.body).properties.siteConfig?.appSettings ?? [])).map(
            ({ name, value }) => [name, value],
          ),
        )
      : CONFIG.parse(config.body).properties;
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
}

/**
 * What the app's publishing endpoint says to a package: it stores it as the app's identity, which its role may not have
 * reached yet (Azure/azure-dev#8026).
 */
export function judgePackage(world: World, siteId: string): PublishResult {
  const app = storedAt(world, siteId);
  const storage = app && SITE.parse(app.body).properties.functionAppConfig?.deployment.storage;
  if (storage === undefined) {
    const { code, message } = resourceNotFound(siteId);
    return { status: 404, code, message };
  }
  const { value, authentication } = storage;
  const [, account = '', container = ''] = /^https:\/\/([^.]+)\.[^/]+\/([^/]+)\/?$/i.exec(value) ?? [];
  const accountId = ofType(world, 'Microsoft.Storage/storageAccounts').find((one) =>
    same(one.name, account),
  )?.id;
  const containerId = `${accountId}/blobServices/default/containers/${container}`;
  const clientId =
    storedAt(world, authentication.userAssignedIdentityResourceId ?? '')?.added['clientId'] ?? '';
  const isThere = accountId !== undefined && look(world, containerId) !== undefined;
  if (isThere && world.roles.allowsData(clientId, WRITE_BLOB, containerId)) return { status: 200 };
  return {
    status: 403,
    code: 'InaccessibleStorageException',
    message: `BlobUploadFailedException: Failed to upload the package to ${value}: Response status code does not indicate success: 403 (This request is not authorized to perform this operation using this permission.).`,
  };
}

function isFlex(world: World, planId: string): boolean {
  const plan = storedAt(world, planId);
  return plan !== undefined && PLAN.parse(plan.body).sku?.name.toUpperCase() === 'FC1';
}

function identitiesOf(stored: StoredResource | undefined): Readonly<Record<string, unknown>> {
  return stored === undefined ? {} : (SITE.parse(stored.body).identity?.userAssignedIdentities ?? {});
}

/** The error as Azure/terraform-azurerm-avm-res-web-site#283 has it, with one name or several. */
function refuse(what: string, path: string, names: readonly string[]): void {
  if (names.length === 0) return;
  const listed = names.map((name) => `${path}.${name.charAt(0).toUpperCase()}${name.slice(1)}`).join(', ');
  const [subject, them] =
    names.length === 1
      ? [`The following ${what} (${listed})`, 'it']
      : [`The following list of ${names.length} ${what.replace(/y$/, 'ie')}s (${listed})`, 'them'];
  const message = `${subject} for Flex Consumption sites is invalid.  Please remove or rename ${them} before retrying.`;
  throw new Refusal('BadRequest', message, [{ code: '51021', message }]);
}

function siteOf(configId: string): string {
  return configId.replace(/\/config\/[^/]+$/i, '');
}
