/**
 * The built-in roles that the local cloud knows, with the ids that templates name them by
 * (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles).
 */

interface RoleDefinition {
  /** Control-plane operations; `*` stands for any run of characters. */
  readonly actions: readonly string[];
  /** Data-plane operations. */
  readonly dataActions: readonly string[];
}

export interface BuiltInRole extends RoleDefinition {
  /** Last part of the role definition's resource id. */
  readonly id: string;
}

const VAULTS = 'Microsoft.KeyVault/vaults';
const STORAGE = 'Microsoft.Storage/storageAccounts';
const BLOBS = `${STORAGE}/blobServices/containers/blobs`;
const QUEUES = `${STORAGE}/queueServices/queues`;

export const BUILT_IN_ROLES: Readonly<Record<string, BuiltInRole>> = {
  Owner: { id: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635', actions: ['*'], dataActions: [] },
  Contributor: { id: 'b24988ac-6180-42a0-ab88-20f7382dd24c', actions: ['*'], dataActions: [] },
  Reader: { id: 'acdd72a7-3385-48ef-bd42-f606fba81ae7', actions: ['*/read'], dataActions: [] },
  'Data Factory Contributor': {
    id: '673868aa-7521-48a0-acc6-0f60742d39f5',
    actions: ['Microsoft.DataFactory/*'],
    dataActions: [],
  },
  'Durable Task Data Contributor': {
    id: '0ad04412-c4d5-4796-b79c-f76d14c8d402',
    actions: [],
    dataActions: ['Microsoft.DurableTask/schedulers/taskHubs/*'],
  },
  'EventGrid Data Sender': {
    id: 'd5a91429-5739-47e2-a06b-3470a27159e7',
    actions: ['Microsoft.Authorization/*/read', 'Microsoft.EventGrid/topics/read'],
    dataActions: ['Microsoft.EventGrid/events/send/action'],
  },
  'Key Vault Administrator': {
    id: '00482a5a-887f-4fb3-b363-3b7fe8e74483',
    actions: [`${VAULTS}/*`],
    dataActions: [`${VAULTS}/*`],
  },
  'Key Vault Contributor': {
    id: 'f25e0fa2-a7c8-4377-a976-54943a77a395',
    actions: ['Microsoft.KeyVault/*'],
    dataActions: [],
  },
  'Key Vault Reader': {
    id: '21090545-7ca7-4776-b22c-e363652d74d2',
    actions: [`${VAULTS}/read`],
    dataActions: [`${VAULTS}/*/read`, `${VAULTS}/secrets/readMetadata/action`],
  },
  'Key Vault Secrets Officer': {
    id: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7',
    actions: [`${VAULTS}/read`],
    dataActions: [`${VAULTS}/secrets/*`],
  },
  'Key Vault Secrets User': {
    id: '4633458b-17de-408a-b874-0445c86b69e6',
    actions: [],
    dataActions: [`${VAULTS}/secrets/getSecret/action`, `${VAULTS}/secrets/readMetadata/action`],
  },
  'Monitoring Metrics Publisher': {
    id: '3913510d-42f4-4e42-8a64-420c390055eb',
    actions: ['Microsoft.Insights/Register/Action'],
    dataActions: ['Microsoft.Insights/Metrics/Write', 'Microsoft.Insights/Telemetry/Write'],
  },
  'Storage Blob Data Contributor': {
    id: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
    actions: [`${STORAGE}/blobServices/containers/*`],
    dataActions: [`${BLOBS}/delete`, `${BLOBS}/read`, `${BLOBS}/write`, `${BLOBS}/add/action`],
  },
  'Storage Blob Data Owner': {
    id: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
    actions: [`${STORAGE}/blobServices/containers/*`],
    dataActions: [`${BLOBS}/*`],
  },
  'Storage Blob Data Reader': {
    id: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
    actions: [`${STORAGE}/blobServices/containers/read`],
    dataActions: [`${BLOBS}/read`],
  },
  'Storage Queue Data Contributor': {
    id: '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
    actions: [`${QUEUES}/delete`, `${QUEUES}/read`, `${QUEUES}/write`],
    dataActions: [`${QUEUES}/messages/delete`, `${QUEUES}/messages/read`, `${QUEUES}/messages/write`],
  },
  'Storage Queue Data Message Sender': {
    id: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a',
    actions: [],
    dataActions: [`${QUEUES}/messages/add/action`],
  },
  'Storage Queue Data Reader': {
    id: '19e7f393-937e-4f77-808e-94535e297925',
    actions: [`${QUEUES}/read`],
    dataActions: [`${QUEUES}/messages/read`],
  },
  'Storage Table Data Contributor': {
    id: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
    actions: [`${STORAGE}/tableServices/tables/*`],
    dataActions: [`${STORAGE}/tableServices/tables/entities/*`],
  },
};
