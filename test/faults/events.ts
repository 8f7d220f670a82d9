/** Events as Event Grid delivers them. */
import {
  CREDENTIAL_SECRET,
  OPERATOR_VAULT,
  runtimeId,
  vaultHost,
  vaultId,
} from '../../local/sample/names.js';

/** The event of a write of a runtime's settings. */
export function runtimeEvent(name: string, id: string): object {
  const resourceUri = runtimeId(name);
  return {
    id,
    topic: resourceUri.split('/providers/')[0],
    subject: resourceUri,
    eventType: 'Microsoft.Resources.ResourceWriteSuccess',
    eventTime: '2026-11-23T12:00:00Z',
    data: { resourceUri, operationName: 'Microsoft.DataFactory/factories/integrationruntimes/write' },
    dataVersion: '2',
    metadataVersion: '1',
  };
}

/** An event about the secret that everybody reads. */
export function secretEvent(type: string, id: string): object {
  return {
    id,
    topic: vaultId(OPERATOR_VAULT),
    subject: CREDENTIAL_SECRET,
    eventType: `Microsoft.KeyVault.${type}`,
    eventTime: '2026-11-23T12:00:00Z',
    data: {
      Id: `https://${vaultHost(OPERATOR_VAULT)}/secrets/${CREDENTIAL_SECRET}/0123456789abcdef0123456789abcdef`,
      VaultName: OPERATOR_VAULT,
      ObjectType: 'Secret',
      'ObjectName ': ` ${CREDENTIAL_SECRET}`,
      Version: ' 0123456789abcdef0123456789abcdef',
      NBF: null,
      EXP: '1559082102',
    },
    dataVersion: '1',
    metadataVersion: '1',
  };
}
