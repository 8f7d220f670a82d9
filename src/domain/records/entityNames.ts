/** Names of the durable entities, as registered: they are part of every entity's id, so a new one is another entity. */
export const ENTITIES = {
  runtimeRecord: 'runtimeRecord',
  credentialRecord: 'credentialRecord',
  profileRecord: 'profileRecord',
  appRecord: 'appRecord',
  run: 'run',
} as const;

export type EntityName = (typeof ENTITIES)[keyof typeof ENTITIES];
